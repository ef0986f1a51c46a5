//! Repairs that get into each other's way, and texts that are easily lost.

use lymph_idl::{Memory, Options};
use lymph_lint::fix::fix;
use lymph_lint::{Level, Levels};

const MONEY: &str = "package money @ 1.0.0;
struct Price { amount: decimal }
struct Coin { amount: decimal }
event rates.changed { coin: Coin }
";

/// What becomes of a file that may import `money`.
fn check(text: &str, expected: &str) {
    let mut levels = Levels::default();
    levels.set("docs-missing", Level::Allow).unwrap();
    levels.set("import-unsorted", Level::Warn).unwrap();
    let files = Memory::new().file("money.lymph", MONEY).file("shop.lymph", text);
    let fixed = fix(["shop.lymph"], &Options::new(), &files, &levels);
    let after = fixed.files.first().map_or(text, |file| &file.after);
    assert_eq!(after, expected);
}

#[test]
fn of_two_repairs_that_are_wrong_together_one_is_made() {
    check(
        "package shop @ 1.0.0;\nuse money.{Price};\nuse money.{Coin};\ninterface Shop { on rates.changed; }\n",
        "package shop @ 1.0.0;\nuse money;\ninterface Shop { on rates.changed; }\n",
    );
}

#[test]
fn a_name_that_is_taken_is_not_given_twice() {
    let text =
        "package shop @ 1.0.0;\ninterface Shop { rpc Buy(); rpc sell(); on Buy_ as sold; }\nevent Buy_ {}\n";
    check(
        text,
        "package shop @ 1.0.0;\ninterface Shop { @wire(\"Buy\") rpc buy(); rpc sell(); on Buy_ as sold; }\nevent Buy_ {}\n",
    );
    let text = "package shop @ 1.0.0;\nunion Pay { Card: u8, cash: u8 }\ntype Payment = Pay;\n";
    check(text, &text.replace("Card", "@wire(\"Card\") card"));
}

#[test]
fn comments_survive() {
    check(
        "package shop @ 1.0.0;\nuse money.{/* cents */ Price, Coin};\nstruct Bill { price: Price } // paid\n",
        "package shop @ 1.0.0;\nuse money.{/* cents */ Price, Coin};\nstruct Bill { price: Price } // paid\n",
    );
    check(
        "package shop @ 1.0.0;\nuse money; // the bank's\nstruct Bill { paid: bool }\n",
        "package shop @ 1.0.0;\n// the bank's\nstruct Bill { paid: bool }\n",
    );
}

#[test]
fn lines_end_as_those_of_the_file_do() {
    check(
        "package shop @ 1.0.0;\r\ninterface Shop {\r\n    rpc buyAll();\r\n}\r\n",
        "package shop @ 1.0.0;\r\ninterface Shop {\r\n    @wire(\"buyAll\")\r\n    rpc buy_all();\r\n}\r\n",
    );
}

#[test]
fn schemas_with_errors_are_left_alone() {
    check(
        "package shop @ 1.0.0;\nuse money;\nstruct Bill { a: X }\n",
        "package shop @ 1.0.0;\nuse money;\nstruct Bill { a: X }\n",
    );
}
