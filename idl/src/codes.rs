//! Every kind of error with what it means; see [`SchemaError::code`](crate::SchemaError::code).

/// A kind of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// Without `lymph::` in front.
    pub id: &'static str,
    /// One line without a final stop.
    pub summary: &'static str,
    /// Whole sentences: why it is one, and what to do instead.
    pub explanation: &'static str,
    /// Declarations with such a mistake, without a package line; `None` where it takes several files, or very
    /// large ones.
    pub example: Option<&'static str>,
}

const fn code(
    id: &'static str,
    summary: &'static str,
    explanation: &'static str,
    example: Option<&'static str>,
) -> ErrorCode {
    ErrorCode { id, summary, explanation, example }
}

/// Every kind of error, in the order of [`SchemaError`](crate::SchemaError).
pub const ERROR_CODES: &[ErrorCode] = &[
    code(
        "cannot_read",
        "a file is missing or cannot be opened",
        "Paths on the command line are relative to the folder in which the tool runs; those of \
         imports follow from the names of packages.",
        None,
    ),
    code(
        "not_utf8",
        "a file is not UTF-8 text",
        "Schemas are UTF-8 everywhere, so that every tool counts the same columns. A byte order mark \
         is skipped.",
        None,
    ),
    code(
        "file_too_large",
        "a file is larger than any schema",
        "Limits keep a file from elsewhere from filling the memory of a build. A package that large \
         is read by nobody: split it.",
        None,
    ),
    code(
        "too_many_tokens",
        "a file holds more words and marks than any schema",
        "What it takes to read a file depends on them more than on its bytes. A schema of five thousand \
         types is below the limit: split what is larger.",
        None,
    ),
    code(
        "too_many_files",
        "one run reads more files than it may",
        "Every file that is imported counts. Compile schemas that have nothing to do with each other \
         in runs of their own.",
        None,
    ),
    code(
        "imports_too_deep",
        "imports lead through too many files",
        "Import what you use from the package that declares it, not through packages that import it \
         themselves.",
        None,
    ),
    code(
        "too_deep",
        "brackets or aliases nest too deep",
        "Types are looked through by every tool, and a limit keeps all of them from running out of \
         stack. Give an inner type a name of its own.",
        None,
    ),
    code(
        "too_long",
        "a name, text or list is longer than it may be",
        "Brokers take names of 255 bytes, and nobody reads longer ones.",
        None,
    ),
    code(
        "syntax",
        "the text does not go on as it must",
        "The message says what was expected at this place and what is there instead. Often the \
         mistake is right before it: a lost comma or semicolon.",
        Some("struct Point { x: f64 y: f64 }"),
    ),
    code(
        "unclosed",
        "a bracket, text or comment has no end",
        "It is shown where it begins, since where it should have ended cannot be known. Texts end on \
         the line on which they begin.",
        Some("struct Point { x: f64"),
    ),
    code(
        "bad_escape",
        "a backslash is followed by something without meaning",
        "In texts a backslash begins an escape; a backslash itself is written twice, also in \
         patterns.",
        Some(r#"type Word = string(pattern = "\w+");"#),
    ),
    code(
        "bad_number",
        "a number is malformed or does not fit",
        "Numbers have no leading zeros, may have `_` between digits, and fit into 128 bits.",
        None,
    ),
    code(
        "bad_version",
        "a version is not written as one",
        "A package has `MAJOR.MINOR.PATCH`; attributes take `MAJOR.MINOR`, since a patch changes \
         nothing that peers see.",
        None,
    ),
    code(
        "wrong_major_file",
        "a file named for one major holds another",
        "`v2.lymph` holds major 2 of its package, so that importers find majors by their names.",
        None,
    ),
    code(
        "package_twice",
        "two files hold the same major of a package",
        "A package is one file for each of its majors. Two would register the same names under the \
         same version.",
        None,
    ),
    code(
        "import_not_found",
        "no file holds an imported package",
        "Package `a.b` is looked for as `a/b.lymph` and `a/b/v1.lymph`, in the folders of \
         `--include` and of `lymph.toml`, then around the importing file.",
        Some("use nowhere.{Something};"),
    ),
    code(
        "ambiguous_import",
        "several majors of a package exist, and the import names none",
        "Which one is meant would depend on which files are there. Say it: `use a.b@2.{Name};`.",
        None,
    ),
    code(
        "wrong_package",
        "the file found for an import declares something else",
        "A file that is imported declares the package that its path spells.",
        None,
    ),
    code(
        "import_cycle",
        "packages import each other in a circle",
        "Each of them could only be released together with the others. Move what both need into a \
         third package.",
        None,
    ),
    code(
        "unknown_import",
        "an imported package declares no such name",
        "Types, errors and events are imported; interfaces are not, since schemas have no use for \
         those of others.",
        None,
    ),
    code(
        "duplicate_name",
        "a name is declared twice",
        "Within one file types, errors and interfaces share their names, events have theirs, and so \
         have the members of each declaration. Methods and handlers share theirs.",
        Some("struct Twice { a: u8, a: u8 }"),
    ),
    code(
        "name_collision",
        "two names become one in generated code",
        "Generated code has one case for each kind of name, so that names which differ in case alone \
         become one. `@wire` keeps what travels.",
        Some("struct Pair { left_side: u8, leftSide: u8 }"),
    ),
    code(
        "wire_collision",
        "two things travel under one name",
        "Peers could not tell them apart. Former names count too, for as long as `@was` keeps them \
         alive.",
        Some(r#"struct Pair { left: u8, @wire("left") right: u8 }"#),
    ),
    code(
        "reserved_name",
        "a name belongs to the language or to the framework",
        "Built-in types cannot be declared anew, and some names on the wire have a meaning for every \
         process.",
        Some("struct string { a: u8 }"),
    ),
    code(
        "reserved_reused",
        "a name listed as `reserved` is used again",
        "Peers of an older version give it another meaning, which is why it was reserved. Choose \
         another one.",
        Some(r#"struct User { name: string, reserved "name"; }"#),
    ),
    code(
        "unknown_type",
        "neither this file nor its imports define the type",
        "Names of other packages are imported, or written in full behind `use package;`.",
        Some("struct Point { x: flaot }"),
    ),
    code(
        "not_a_type",
        "the name is no type of a value",
        "Errors are raised, events emitted and interfaces served: none of them can be a field. Put \
         what they have in common into a struct.",
        Some("error Lost {} struct Note { why: Lost }"),
    ),
    code(
        "unknown_error",
        "neither this file nor its imports define the error",
        "What a method raises is declared with `error`, so that its callers know its fields.",
        Some("interface Shop { rpc buy() raises SoldOut; }"),
    ),
    code(
        "not_an_error",
        "`raises` names something that is no error",
        "Errors are declared with `error`; a struct cannot be raised.",
        Some("struct SoldOut {} interface Shop { rpc buy() raises SoldOut; }"),
    ),
    code(
        "unknown_event",
        "no package in sight declares the event",
        "An event is declared in this file or in an imported package: its fields have to be known to \
         emit or handle it. Topics with wildcards need no declaration.",
        Some("interface Shop { emits sold; }"),
    ),
    code(
        "ambiguous_event",
        "two imported packages declare an event of that name",
        "Write it with its package in front.",
        None,
    ),
    code(
        "type_arguments",
        "the wrong number of types in angle brackets",
        "`list`, `set` and `patch` take one type, `map` takes two, all others none.",
        Some("struct Bag { things: list }"),
    ),
    code(
        "double_optional",
        "a value is optional twice",
        "Missing and nil are the same on the wire, so one `?` says it all. What may be left out or \
         cleared is `patch<T>`.",
        Some("struct Bag { thing: string?? }"),
    ),
    code(
        "bad_patch",
        "`patch` stands where nothing can be left out",
        "`patch<T>` tells left out, cleared and set apart, which only fields and parameters can be. \
         It is cleared by nil, so that its value is never optional and has no default.",
        Some("type Name = patch<string>;"),
    ),
    code(
        "not_hashable",
        "an element of a set or a key of a map cannot be compared",
        "Floats are not always equal to themselves, and lists, maps and `any` have no equality that \
         all languages share.",
        Some("struct Bag { weights: set<f64> }"),
    ),
    code(
        "tagged_fields",
        "`__type__` and `_` are names of one record",
        "Readers take a map with these two keys for a tagged value: a date, a set or the like.",
        Some(r#"struct Odd { __type__: string, @wire("_") value: string }"#),
    ),
    code(
        "infinite_type",
        "a type holds itself whole",
        "No value of it could ever end. Make the field optional, or put it into a list.",
        Some("struct Node { next: Node }"),
    ),
    code(
        "alias_cycle",
        "an alias stands for itself",
        "What it means could never be said. A struct or union may contain itself, behind a `?` or in \
         a list.",
        Some("type A = list<B>; type B = A;"),
    ),
    code(
        "no_variants",
        "an enum or union has no variants",
        "No value of it could ever be made. In a slice this happens when all variants are newer than \
         the type.",
        Some("enum Nothing {}"),
    ),
    code(
        "bad_constraint",
        "a constraint does not fit its type",
        "Numbers and durations are bounded by value; texts, bytes, lists, sets and maps by length; \
         `pattern` is for texts. The lower bound is not above the upper one.",
        Some("type Word = string(5..=2);"),
    ),
    code(
        "bad_pattern",
        "a pattern is no regular expression",
        "Patterns are checked in time that grows with the text alone, so there are no look-arounds \
         and no back-references.",
        Some(r#"type Word = string(pattern = "(");"#),
    ),
    code(
        "bad_default",
        "a default is of another type",
        "Enums take the name of a variant, lists and sets `[…]`, maps `{}`; structs and unions have \
         no defaults.",
        Some(r#"struct Point { x: f64 = "zero" }"#),
    ),
    code(
        "default_outside",
        "a default is outside its own constraint",
        "Readers would fill in what a server refuses.",
        Some("struct Page { size: u16(1..=100) = 0 }"),
    ),
    code(
        "default_on_optional",
        "an optional type has a default",
        "Readers fill a default in, so nobody would ever see the value missing. One of the two is \
         enough.",
        Some("struct Page { size: u16? = 10 }"),
    ),
    code(
        "unknown_attribute",
        "the language has no such attribute",
        "Attributes of your own have a dotted name, as `@acme.owner`, and are kept in every output.",
        Some("@idempotnt struct Point { x: f64 }"),
    ),
    code(
        "misplaced_attribute",
        "an attribute stands where it has no meaning",
        "The help says where it belongs. Nothing is skipped in silence: what has no effect would \
         look as if it had one.",
        Some("@timeout(2s) struct Point { x: f64 }"),
    ),
    code(
        "duplicate_attribute",
        "an attribute is given twice",
        "Only `@was` may stand several times.",
        Some(r#"@wire("a") @wire("b") error Lost {}"#),
    ),
    code(
        "attribute_arguments",
        "an attribute has the wrong arguments",
        "The help shows how it is written.",
        Some("interface Shop { @timeout(soon) rpc buy(); }"),
    ),
    code(
        "conflicting_attributes",
        "two attributes exclude each other",
        "A handler hears each event on one instance, on every instance, or in order: these are \
         different queues.",
        Some("event sold {} interface Shop { @broadcast @sequential on sold; }"),
    ),
    code(
        "bad_http",
        "an `@http` path cannot work",
        "Each `{name}` is a whole segment, names a parameter once, and its type can be written into \
         a path.",
        Some(r#"interface Shop { @http(GET, "/{id}") rpc get(); }"#),
    ),
    code(
        "http_collision",
        "two methods have the same verb and path",
        "A gateway could not tell which one is meant; names of path parameters make no difference to \
         a request.",
        Some(r#"interface Shop { @http(GET, "/{a}") rpc get(a: u8); @http(GET, "/{b}") rpc read(b: u8); }"#),
    ),
    code(
        "bad_serial_key",
        "the key of `@serial` cannot order events",
        "The key is a field of the one event that is handled, always there, and reads the same in \
         every language: texts, integers, `bool`, `uuid`.",
        Some("event sold {} interface Shop { @serial(key = who, partitions = 4) on sold; }"),
    ),
    code(
        "no_reply",
        "something that nobody waits for has a result or errors",
        "Nobody would read them. Make it an `rpc`, or emit an event when it is done.",
        Some("interface Shop { oneway forget() -> bool; }"),
    ),
    code(
        "bad_topic",
        "a topic has wildcards in the wrong places",
        "`*` stands for one whole word between dots, `#` for any number of words.",
        Some("interface Shop { on sold*.now as listen; }"),
    ),
    code(
        "nameless_handler",
        "a handler with wildcards has no name",
        "Handlers are named after their event; a topic with wildcards names none.",
        Some("interface Shop { on sold.*; }"),
    ),
    code(
        "since_too_new",
        "`@since` names a version that the package has not reached",
        "What is not released yet is `@since(next)`; a release turns it into the version that it \
         gets.",
        Some("@since(1.9) struct Point { x: f64 }"),
    ),
    code(
        "other_major",
        "a version is of another major",
        "A file holds the history of one major. What it took over from the one before needs no \
         `@since`.",
        Some("@since(2.0) struct Point { x: f64 }"),
    ),
    code(
        "older_than_owner",
        "a member claims to be older than its owner",
        "It cannot have been there before. A member is as old as its owner unless it says otherwise.",
        Some("@since(1.2) struct Point { @since(1.1) x: f64 }"),
    ),
    code(
        "uses_newer",
        "something uses what is newer than itself",
        "In an older version it would be there without what it needs, and every version has to be \
         valid on its own.",
        Some("struct Line { from: Point } @since(1.2) struct Point { x: f64 }"),
    ),
    code(
        "deprecated_before_since",
        "something is deprecated before it came to be",
        "`@deprecated` names the version that discourages it, which is no older than the one that \
         brought it.",
        Some(r#"struct Point { @since(1.2) @deprecated(1.1, "why") x: f64 }"#),
    ),
    code(
        "slice_out_of_range",
        "a slice is asked for that the package does not have",
        "Slices go from the first version of the major to the package's own.",
        None,
    ),
];
