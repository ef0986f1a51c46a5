//! What can be wrong with a schema, in words.

use miette::Diagnostic;
use thiserror::Error;

use crate::source::Span;

/// Why a schema was rejected: one variant per mistake its author can fix.
///
/// An error carries spans; the text around them is attached when a [`Failure`](crate::Failure) is printed.
/// The first label is where the mistake is, further ones say what it clashes with.
#[derive(Debug, Clone, Error, Diagnostic)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the message, label and help of each variant say what its fields are")]
pub enum SchemaError {
    // ---- files ----
    /// A file is missing or cannot be opened.
    #[error("cannot read `{path}`: {reason}")]
    #[diagnostic(code(lymph::cannot_read))]
    CannotRead {
        path: String,
        reason: String,
        #[label("asked for here")]
        span: Option<Span>,
        #[help]
        help: Option<String>,
    },

    /// A file holds bytes that are not text.
    #[error("`{path}` is not UTF-8")]
    #[diagnostic(code(lymph::not_utf8), help("save the file as UTF-8"))]
    NotUtf8 {
        path: String,
        #[label("not UTF-8 from here on")]
        span: Span,
    },

    /// A file is larger than [`Limits::file_bytes`](crate::Limits::file_bytes).
    #[error("`{path}` is larger than {limit} bytes")]
    #[diagnostic(code(lymph::file_too_large), help("split the package, or check that this is a schema"))]
    FileTooLarge {
        path: String,
        limit: usize,
        #[label("asked for here")]
        span: Option<Span>,
    },

    /// A file holds more than [`Limits::file_tokens`](crate::Limits::file_tokens).
    #[error("a file of more than {limit} words and marks")]
    #[diagnostic(code(lymph::too_many_tokens), help("split the package, or check that this is a schema"))]
    TooManyTokens {
        limit: usize,
        #[label("one too many")]
        span: Span,
    },

    /// One run needs more than [`Limits::files`](crate::Limits::files) files.
    #[error("more than {limit} files")]
    #[diagnostic(code(lymph::too_many_files), help("compile the schemas in several runs"))]
    TooManyFiles {
        limit: usize,
        #[label("this one was not read")]
        span: Option<Span>,
    },

    /// Imports lead further than [`Limits::import_depth`](crate::Limits::import_depth) files from a root.
    #[error("imports lead through more than {limit} files")]
    #[diagnostic(
        code(lymph::imports_too_deep),
        help("import what you use from the package that declares it")
    )]
    ImportsTooDeep {
        limit: usize,
        #[label("this one was not read")]
        span: Span,
    },

    /// Brackets nest deeper than [`Limits::nesting`](crate::Limits::nesting).
    #[error("nested deeper than {limit} levels")]
    #[diagnostic(code(lymph::too_deep), help("give the inner type a name of its own"))]
    TooDeep {
        limit: usize,
        #[label("one level too many")]
        span: Span,
    },

    /// A name, text or list is longer than its limit.
    #[error("{what} is longer than {limit} {unit}")]
    #[diagnostic(code(lymph::too_long), help("make it shorter"))]
    TooLong {
        what: &'static str,
        limit: usize,
        unit: &'static str,
        #[label("too long")]
        span: Span,
    },

    // ---- syntax ----
    /// The text does not go on as it must.
    #[error("{message}")]
    #[diagnostic(code(lymph::syntax))]
    Syntax {
        message: String,
        label: String,
        #[label("{label}")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    /// A bracket, text or comment has no end.
    #[error("this {what} is never closed")]
    #[diagnostic(code(lymph::unclosed))]
    Unclosed {
        what: String,
        #[label("opened here")]
        span: Span,
        #[label("still open here")]
        instead: Option<Span>,
        #[help]
        help: Option<String>,
    },

    /// A backslash in a text is followed by something without meaning.
    #[error("unknown escape `{escape}` in a text")]
    #[diagnostic(
        code(lymph::bad_escape),
        help(
            "known ones are `\\n`, `\\r`, `\\t`, `\\0`, `\\\"`, `\\\\` and `\\u{{1F4A1}}`; a backslash itself is `\\\\`"
        )
    )]
    BadEscape {
        escape: String,
        #[label("means nothing")]
        span: Span,
    },

    /// A number is malformed or does not fit.
    #[error("`{text}` is not {expected}")]
    #[diagnostic(code(lymph::bad_number))]
    BadNumber {
        text: String,
        expected: String,
        #[label("expected {expected}")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    // ---- packages and imports ----
    /// A version is not written as one.
    #[error("`{text}` is not a version")]
    #[diagnostic(code(lymph::bad_version), help("{help}"))]
    BadVersion {
        text: String,
        help: String,
        #[label("expected a version")]
        span: Span,
    },

    /// `v2.lymph` holds a package of another major.
    #[error("a file named `{stem}.lymph` holds major {expected}, but this is version {version}")]
    #[diagnostic(code(lymph::wrong_major_file), help("rename the file, or change the version"))]
    WrongMajorFile {
        stem: String,
        expected: String,
        version: String,
        #[label("another major")]
        span: Span,
    },

    /// Two files hold the same package and major.
    #[error("package `{name}` has two files for major {major}: `{first_path}` and `{second_path}`")]
    #[diagnostic(
        code(lymph::package_twice),
        help("a package is one file for each major: merge them, or give one another name")
    )]
    PackageTwice {
        name: String,
        major: u32,
        first_path: String,
        second_path: String,
        #[label("declared again here")]
        second: Span,
        #[label("declared here first")]
        first: Span,
    },

    /// No file holds an imported package.
    #[error("no file for package `{name}`")]
    #[diagnostic(code(lymph::import_not_found))]
    ImportNotFound {
        name: String,
        #[label("not found")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    /// Several majors of a package exist, and the import names none.
    #[error("package `{name}` has several majors: {majors}")]
    #[diagnostic(code(lymph::ambiguous_import), help("say which one: `use {example}`"))]
    AmbiguousImport {
        name: String,
        majors: String,
        example: String,
        #[label("could be any of them")]
        span: Span,
    },

    /// The file found for an import declares another package or major.
    #[error("`{path}` should hold package `{expected}`, but declares `{found}`")]
    #[diagnostic(
        code(lymph::wrong_package),
        help("a file that is imported declares the package that its path spells")
    )]
    WrongPackage {
        path: String,
        expected: String,
        found: String,
        #[label("imported here")]
        span: Span,
        #[label("declared here")]
        declared: Span,
    },

    /// Packages import each other in a circle.
    #[error("packages import each other in a circle: {path}")]
    #[diagnostic(
        code(lymph::import_cycle),
        help("move what both need into a third package that imports neither")
    )]
    ImportCycle {
        path: String,
        #[label("closes the circle")]
        span: Span,
    },

    /// An imported package declares no such name.
    #[error("package `{package}` declares no `{name}`")]
    #[diagnostic(code(lymph::unknown_import))]
    UnknownImport {
        package: String,
        name: String,
        #[label("not a type, error or event of that package")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    // ---- names ----
    /// A name stands for two things.
    #[error("{what} `{name}` is declared twice")]
    #[diagnostic(code(lymph::duplicate_name))]
    DuplicateName {
        what: &'static str,
        name: String,
        #[label("again here")]
        second: Span,
        #[label("first here")]
        first: Span,
        #[help]
        help: Option<String>,
    },

    /// Two names become one in generated code.
    #[error("`{second_name}` and `{first_name}` are both `{generated}` in generated code")]
    #[diagnostic(
        code(lymph::name_collision),
        help("give one of them another name; `@wire(\"…\")` keeps the name that travels")
    )]
    NameCollision {
        first_name: String,
        second_name: String,
        generated: String,
        #[label("becomes `{generated}`")]
        second: Span,
        #[label("becomes `{generated}`")]
        first: Span,
    },

    /// Two things travel under one name.
    #[error("two {what} travel as `{wire}`")]
    #[diagnostic(code(lymph::wire_collision))]
    WireCollision {
        what: &'static str,
        wire: String,
        #[label("travels as `{wire}`")]
        second: Span,
        #[label("travels as `{wire}`")]
        first: Span,
        #[help]
        help: Option<String>,
    },

    /// The name belongs to the language or to the framework.
    #[error("`{name}` cannot be the name of {what}")]
    #[diagnostic(code(lymph::reserved_name), help("{help}"))]
    ReservedName {
        name: String,
        what: &'static str,
        why: &'static str,
        help: String,
        #[label("{why}")]
        span: Span,
    },

    /// A name listed as `reserved` is used again.
    #[error("`{name}` is reserved here and cannot be used again")]
    #[diagnostic(
        code(lymph::reserved_reused),
        help("peers of an older version give it another meaning; choose another name")
    )]
    ReservedReused {
        name: String,
        #[label("used again")]
        span: Span,
        #[label("reserved here")]
        reserved: Span,
    },

    /// Neither this file nor its imports define the type.
    #[error("unknown type `{name}`")]
    #[diagnostic(code(lymph::unknown_type))]
    UnknownType {
        name: String,
        #[label("not defined here or in an import")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    /// The name is known, but is no type of a value.
    #[error("`{name}` is {what}, not a type")]
    #[diagnostic(code(lymph::not_a_type), help("{help}"))]
    NotAType {
        name: String,
        what: &'static str,
        help: &'static str,
        #[label("{what}")]
        span: Span,
    },

    /// Neither this file nor its imports define the error.
    #[error("unknown error `{name}`")]
    #[diagnostic(code(lymph::unknown_error))]
    UnknownError {
        name: String,
        #[label("not defined here or in an import")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    /// `raises` names something that is not an error.
    #[error("`{name}` is {what}, not an error")]
    #[diagnostic(code(lymph::not_an_error), help("declare it as `error {name} {{ … }}`"))]
    NotAnError {
        name: String,
        what: &'static str,
        #[label("{what}")]
        span: Span,
    },

    /// Neither this file nor an imported package declares the event.
    #[error("unknown event `{name}`")]
    #[diagnostic(code(lymph::unknown_event))]
    UnknownEvent {
        name: String,
        #[label("declared neither here nor in an imported package")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    /// Two imported packages declare an event of that name.
    #[error("event `{name}` is declared by {packages}")]
    #[diagnostic(code(lymph::ambiguous_event), help("say which one: `{example}`"))]
    AmbiguousEvent {
        name: String,
        packages: String,
        example: String,
        #[label("could be either")]
        span: Span,
    },

    // ---- types ----
    /// The wrong number of types in angle brackets.
    #[error("`{name}` takes {expected} in angle brackets, not {found}")]
    #[diagnostic(code(lymph::type_arguments))]
    TypeArguments {
        name: String,
        expected: &'static str,
        found: usize,
        #[label("expected {expected}")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    /// `T??`.
    #[error("a value cannot be optional twice")]
    #[diagnostic(code(lymph::double_optional), help("nil and missing are the same, so one `?` says it all"))]
    DoubleOptional {
        #[label("optional already")]
        span: Span,
    },

    /// `patch<T>` where nothing can be left out, or around or beside something that means the same.
    #[error("{message}")]
    #[diagnostic(code(lymph::bad_patch), help("{help}"))]
    BadPatch {
        message: &'static str,
        label: &'static str,
        #[label("{label}")]
        span: Span,
        help: &'static str,
    },

    /// A set's element or a map's key cannot be compared.
    #[error("{what} cannot be {found}")]
    #[diagnostic(
        code(lymph::not_hashable),
        help(
            "{what} must be comparable: text, bytes, integers, `bool`, dates, `decimal`, `uuid`, enums, and structs made of these"
        )
    )]
    NotHashable {
        what: &'static str,
        found: String,
        #[label("cannot be compared")]
        span: Span,
        #[label("because of this")]
        because: Option<Span>,
    },

    /// A record that readers would take for a tagged value.
    #[error("`__type__` and `_` cannot both be names of one {what}")]
    #[diagnostic(
        code(lymph::tagged_fields),
        help("readers take a map with these two keys for a date, set or the like; rename one")
    )]
    TaggedFields {
        what: &'static str,
        #[label("together with this")]
        second: Span,
        #[label("this one")]
        first: Span,
    },

    /// Every value of the type would hold another one.
    #[error("a type that contains itself without a box: {path}")]
    #[diagnostic(
        code(lymph::infinite_type),
        help("no value of it could ever end: make the field optional (`?`), or put it into a list")
    )]
    InfiniteType {
        path: String,
        #[label("needs a whole `{ty}` inside each `{owner}`")]
        span: Span,
        owner: String,
        ty: String,
    },

    /// A type alias that leads back to itself.
    #[error("an alias that stands for itself: {path}")]
    #[diagnostic(code(lymph::alias_cycle), help("use a `struct` or `union` for a type that contains itself"))]
    AliasCycle {
        path: String,
        #[label("leads back here")]
        span: Span,
    },

    /// An enum or union without a single variant.
    #[error("{what} `{name}` has no variants")]
    #[diagnostic(code(lymph::no_variants), help("no value of it could ever be made; add a variant"))]
    NoVariants {
        what: &'static str,
        name: String,
        #[label("empty")]
        span: Span,
    },

    /// Constraints that do not fit the type or each other.
    #[error("{message}")]
    #[diagnostic(code(lymph::bad_constraint))]
    BadConstraint {
        message: String,
        label: String,
        #[label("{label}")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    /// A pattern that is no regular expression.
    #[error("{reason}")]
    #[diagnostic(code(lymph::bad_pattern), help("{help}"))]
    BadPattern {
        reason: String,
        help: &'static str,
        #[label("in this pattern")]
        span: Span,
    },

    // ---- defaults ----
    /// A default of another type.
    #[error("{found} is not a default for {expected}")]
    #[diagnostic(code(lymph::bad_default))]
    BadDefault {
        found: String,
        expected: String,
        #[label("expected {expected}")]
        span: Span,
        #[label("because of this type")]
        ty: Span,
        #[help]
        help: Option<String>,
    },

    /// A default that its own constraint refuses.
    #[error("default {found} is outside its constraint")]
    #[diagnostic(code(lymph::default_outside), help("{help}"))]
    DefaultOutside {
        found: String,
        help: String,
        #[label("not allowed")]
        span: Span,
        #[label("by this type")]
        ty: Span,
    },

    /// `T? = value`.
    #[error("an optional {what} cannot have a default")]
    #[diagnostic(
        code(lymph::default_on_optional),
        help(
            "readers fill the default in, so nobody would ever see it missing: drop the `?` or the default"
        )
    )]
    DefaultOnOptional {
        what: &'static str,
        #[label("this default")]
        span: Span,
        #[label("is for an optional type")]
        ty: Span,
    },

    // ---- attributes ----
    /// An attribute that the language does not know.
    #[error("unknown attribute `@{name}`")]
    #[diagnostic(code(lymph::unknown_attribute))]
    UnknownAttribute {
        name: String,
        #[label("not an attribute")]
        span: Span,
        #[help]
        help: Option<String>,
    },

    /// An attribute where it has no meaning.
    #[error("`@{name}` does not belong on {place}")]
    #[diagnostic(code(lymph::misplaced_attribute), help("{help}"))]
    MisplacedAttribute {
        name: String,
        place: &'static str,
        help: String,
        #[label("has no meaning here")]
        span: Span,
    },

    /// An attribute that may stand once stands twice.
    #[error("`@{name}` is given twice")]
    #[diagnostic(code(lymph::duplicate_attribute), help("keep one of them"))]
    DuplicateAttribute {
        name: String,
        #[label("again here")]
        second: Span,
        #[label("first here")]
        first: Span,
    },

    /// The wrong arguments in an attribute's parentheses.
    #[error("`@{name}` {problem}")]
    #[diagnostic(code(lymph::attribute_arguments), help("write `{usage}`"))]
    AttributeArguments {
        name: String,
        problem: String,
        usage: &'static str,
        #[label("{problem}")]
        span: Span,
    },

    /// Two attributes that exclude each other.
    #[error("`@{second_name}` and `@{first_name}` exclude each other")]
    #[diagnostic(code(lymph::conflicting_attributes), help("{help}"))]
    ConflictingAttributes {
        first_name: &'static str,
        second_name: &'static str,
        help: &'static str,
        #[label("this one")]
        second: Span,
        #[label("against this one")]
        first: Span,
    },

    /// `@http` with a path that cannot work.
    #[error("{message}")]
    #[diagnostic(code(lymph::bad_http))]
    BadHttp {
        message: String,
        #[label("in this mapping")]
        span: Span,
        #[label("because of this")]
        because: Option<Span>,
        #[help]
        help: Option<String>,
    },

    /// Two methods with the same verb and path.
    #[error("two methods answer `{verb} {path}`")]
    #[diagnostic(
        code(lymph::http_collision),
        help("give one of them another path; what its parameters are called does not tell paths apart")
    )]
    HttpCollision {
        verb: String,
        path: String,
        second_name: String,
        first_name: String,
        #[label("`{second_name}` answers it")]
        second: Span,
        #[label("`{first_name}` answers it already")]
        first: Span,
    },

    /// `@serial` with a key that cannot order events.
    #[error("{message}")]
    #[diagnostic(code(lymph::bad_serial_key))]
    BadSerialKey {
        message: String,
        #[label("this key")]
        span: Span,
        #[label("is this field")]
        field: Option<Span>,
        #[help]
        help: Option<String>,
    },

    // ---- methods and handlers ----
    /// A `oneway` or `task` with a result or errors.
    #[error("nobody waits for a `{kind}`, so it has no {what}")]
    #[diagnostic(code(lymph::no_reply), help("make it an `rpc`, or emit an event when it is done"))]
    NoReply {
        kind: &'static str,
        what: &'static str,
        #[label("nobody would read this")]
        span: Span,
    },

    /// A topic with wildcards in the wrong places.
    #[error("`{topic}` is not a topic")]
    #[diagnostic(
        code(lymph::bad_topic),
        help("words are joined by dots; `*` stands for one whole word, `#` for any number of words")
    )]
    BadTopic {
        topic: String,
        #[label("here")]
        span: Span,
    },

    /// A handler with wildcards and no name.
    #[error("a handler with wildcards needs a name")]
    #[diagnostic(code(lymph::nameless_handler), help("write `on {topic} as some_name;`"))]
    NamelessHandler {
        topic: String,
        #[label("has no name of its own")]
        span: Span,
    },

    // ---- versions ----
    /// `@since` names a version that the package has not reached.
    #[error("since {since} is newer than the package, which is {version}")]
    #[diagnostic(
        code(lymph::since_too_new),
        help("write `@since(next)` until it is released, or raise the package's version")
    )]
    SinceTooNew {
        since: String,
        version: String,
        #[label("newer than the package")]
        span: Span,
        #[label("this is the package's version")]
        package: Span,
    },

    /// A version of another major.
    #[error("{since} is not of major {major}")]
    #[diagnostic(
        code(lymph::other_major),
        help("a file's history begins with its major; what it took over needs no `@since`")
    )]
    OtherMajor {
        since: String,
        major: u32,
        #[label("another major")]
        span: Span,
    },

    /// A member that claims to be older than what it is part of.
    #[error("{what} `{name}` is since {since}, but its owner only since {owner_since}")]
    #[diagnostic(
        code(lymph::older_than_owner),
        help("drop this `@since`: a member is as old as its owner unless it says otherwise")
    )]
    OlderThanOwner {
        what: &'static str,
        name: String,
        since: String,
        owner_since: String,
        #[label("older than its owner")]
        span: Span,
        #[label("the owner's")]
        owner: Span,
    },

    /// A member that uses something newer than itself: it outlives what it needs in older slices.
    #[error("{user} is since {since}, but uses `{name}`, which is since {used_since}")]
    #[diagnostic(code(lymph::uses_newer), help("{help}"))]
    UsesNewer {
        user: String,
        since: String,
        name: String,
        used_since: String,
        help: String,
        #[label("newer than {user}")]
        span: Span,
    },

    /// `@deprecated` before `@since`.
    #[error("deprecated in {deprecated}, before it came to be in {since}")]
    #[diagnostic(
        code(lymph::deprecated_before_since),
        help("`@deprecated` names the version that discourages it")
    )]
    DeprecatedBeforeSince {
        deprecated: String,
        since: String,
        #[label("too early")]
        span: Span,
    },

    /// A slice at a version that the package does not have.
    #[error("package `{package}` has no version {version}: it is {current}")]
    #[diagnostic(code(lymph::slice_out_of_range), help("{help}"))]
    SliceOutOfRange {
        package: String,
        version: String,
        current: String,
        help: String,
        #[label("this is its version")]
        span: Span,
    },
}

impl SchemaError {
    /// Where the mistake is; `None` when a file that was asked for cannot be read.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        let label = self.labels()?.next()?;
        Some(Span::from_miette(*label.inner()))
    }

    /// The stable name of this kind of error, as `lymph::unknown_type`.
    #[must_use]
    pub fn code(&self) -> String {
        Diagnostic::code(self).map(|code| code.to_string()).unwrap_or_default()
    }

    /// What to do about it, if that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Diagnostic::help(self).map(|help| help.to_string())
    }
}
