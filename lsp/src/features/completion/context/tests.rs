use super::*;

/// `|` is the cursor.
#[track_caller]
fn check(text: &str, wanted: Wanted, prefix: &str) {
    let offset = text.find('|').expect("a cursor");
    let text = text.replacen('|', "", 1);
    let expected = context(&text, offset as u32).expect("something is expected");
    assert_eq!(expected.wanted, wanted);
    assert_eq!(&text[expected.prefix.start as usize..expected.prefix.end as usize], prefix);
}

const PACKAGE: &str = "package a @ 1.0.0;\n";

#[test]
fn files() {
    check("|", Wanted::Declaration { after_package: false }, "");
    check("package a @ 1.0.0; str|", Wanted::Declaration { after_package: true }, "str");
    check("package a @ 1.0.0; closed |", Wanted::AfterClosed, "");
    check("use map|", Wanted::Package, "map");
    check("use maps.geo.|", Wanted::Package, "maps.geo.");
    let imported = Wanted::Imported { package: "maps.geo".into(), major: None };
    check("use maps.geo.{A as B, C|", imported, "C");
    let imported = Wanted::Imported { package: "maps.geo".into(), major: Some(2) };
    check("use maps.geo@2.{|};", imported, "");
    check("use maps.geo.{A |", Wanted::AfterName, "");
    check("type A = |", Wanted::Type, "");
    check("type A = list<|>;", Wanted::Type, "");
    check("type A = map<string, ma.x|", Wanted::Type, "ma.x");
    check("type A = list<u8> |", Wanted::Nothing, "");
    check("type A = u8; |", Wanted::Declaration { after_package: false }, "");
}

#[test]
fn records() {
    check("struct A { |", Wanted::Field, "");
    check("struct A { a|", Wanted::Field, "a");
    check("struct A { a: |", Wanted::Type, "");
    check("struct A { a: u8, b: St|", Wanted::Type, "St");
    check("struct A { a: Side = |", Wanted::Default { ty: "Side".into() }, "");
    check("struct A { a: m.Side(1..=2) = no|", Wanted::Default { ty: "m.Side".into() }, "no");
    check("enum A { b, c| }", Wanted::Field, "c");
    check("closed union A { b: |", Wanted::Type, "");
    check("struct A { a: u8 }\nstruct B { b: |\n\ninterface C {", Wanted::Type, "");
    check("interface C { rpc d(\nstruct B { b: |", Wanted::Type, "");
}

#[test]
fn interfaces() {
    check("interface A { |", Wanted::Member, "");
    check("interface A { rpc b(|", Wanted::Nothing, "");
    check("interface A { rpc b(c: |", Wanted::Type, "");
    check("interface A { rpc b(c: u8(1..=2), d: S = |", Wanted::Default { ty: "S".into() }, "");
    check("interface A { rpc b() |", Wanted::AfterParameters { result: false }, "");
    check("interface A { rpc b() -> |", Wanted::Type, "");
    check("interface A { rpc b() -> list<u8> r|", Wanted::AfterParameters { result: true }, "r");
    check("interface A { rpc b() raises |", Wanted::Error, "");
    check("interface A { rpc b() -> u8 raises C, D|", Wanted::Error, "D");
    check("interface A { emits |", Wanted::Event, "");
    check("interface A { emits a.b, c.d|", Wanted::Event, "c.d");
    check("interface A { on us|", Wanted::Event, "us");
    check("interface A { on user |", Wanted::AfterName, "");
    check("interface A { rpc b(c: u8 = |;\n  on |", Wanted::Default { ty: "u8".into() }, "");
    check("interface A { rpc b(c: u8 = ;\n  on |", Wanted::Event, "");
}

#[test]
fn attributes() {
    check("@|\nstruct A {}", Wanted::Attribute(vec![Place::Struct]), "@");
    check("@si| @was(\"b\") @x.y(1)\nclosed enum A {}", Wanted::Attribute(vec![Place::Enum]), "@si");
    check("struct A { @|", Wanted::Attribute(vec![Place::Field]), "@");
    check("union A { @|", Wanted::Attribute(vec![Place::Variant]), "@");
    check("enum A { b, @de| c }", Wanted::Attribute(vec![Place::Variant]), "@de");
    check("interface A { rpc b(@| c: u8);", Wanted::Attribute(vec![Place::Param]), "@");
    check("interface A { rpc b() raises @|", Wanted::Attribute(vec![Place::Raise]), "@");
    check("interface A { @|\n rpc b(); }", Wanted::Attribute(vec![Place::Rpc]), "@");
    check("interface A { @idempotent @ht|\n rpc b(); }", Wanted::Attribute(vec![Place::Rpc]), "@ht");
    check("interface A { @since(|) rpc b(); }", Wanted::Version, "");
    check("interface A { @since(1.|) rpc b(); }", Wanted::Version, "1.");
    check("interface A { @durable(|", Wanted::Words(vec!["true".into(), "false".into()]), "");
    let fields = Wanted::EventField { event: "user.moved".into() };
    check("interface A { @serial(key = |, partitions = 3) on user.moved as x; }", fields, "");
    check("interface A { @http(GET, \"/a/{|\") rpc b(c: u8, @x d: list<u8>); }", words(&["c", "d"]), "");
    check("interface A { @http(GET, \"/a/{c|}\") rpc b(c: u8(1..2), d: u8) }", words(&["c", "d"]), "c");
    check("interface A { @http(GET, \"/a/{c|\n rpc b(c: u8);", words(&["c"]), "c");
}

#[test]
fn nothing_in_comments_and_other_texts() {
    for text in ["// a|", "/// a|", "/* a|", "/* a| */", "@was(\"|\")", "@http(GET, \"/a|\")"] {
        let offset = text.find('|').expect("a cursor");
        assert!(context(&text.replacen('|', "", 1), offset as u32).is_none(), "{text}");
    }
    check(&format!("{PACKAGE}/* a */|"), Wanted::Declaration { after_package: true }, "");
}

fn words(words: &[&str]) -> Wanted {
    Wanted::Words(words.iter().map(|word| (*word).to_owned()).collect())
}
