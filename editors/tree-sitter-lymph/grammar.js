/**
 * The grammar of `.lymph` schemas for tree-sitter; `docs/grammar.md` is the same in prose and EBNF.
 *
 * Keywords mean something in their places only. tree-sitter asks for a keyword where the grammar has one and
 * takes any other word for a name, so that only `reserved`, which stands where names may stand, needs care.
 */

/// <reference types="tree-sitter-cli/dsl" />

const WORD = /[A-Za-z_][A-Za-z0-9_]*/;

module.exports = grammar({
  name: "lymph",

  word: ($) => $.identifier,

  extras: ($) => [/[ \t\r\n]/, $.comment],

  supertypes: ($) => [$.declaration, $.member, $.value],

  rules: {
    source_file: ($) =>
      seq(
        repeat($.inner_doc),
        repeat($.attribute),
        $.package,
        repeat(choice($.import, $.declaration)),
      ),

    // Package and imports

    package: ($) =>
      seq("package", field("name", $.path), "@", field("version", $.version), ";"),

    // No `path` of its own: whether the dot behind it goes on with the path or begins the names is known
    // only behind that dot.
    import: ($) =>
      seq(
        "use",
        field("package", alias($._dotted, $.path)),
        optional(seq("@", field("major", alias($._major, $.number)))),
        optional(seq(choice(".", token.immediate(".")), field("names", $.import_names))),
        ";",
      ),

    import_names: ($) => listed("{", $.import_name, "}"),

    import_name: ($) =>
      seq(field("name", $.path), optional(seq("as", field("alias", $.identifier)))),

    // Documentation and attributes

    _prelude: ($) => repeat1(choice($.doc, $.attribute)),

    attribute: ($) =>
      seq(
        "@",
        field("name", alias($._attached_path, $.path)),
        optional(field("arguments", $.arguments)),
      ),

    arguments: ($) => listed("(", $.argument, ")"),

    argument: ($) =>
      seq(optional(seq(field("name", $.identifier), "=")), field("value", $.value)),

    // Declarations

    declaration: ($) =>
      choice($.interface, $.struct, $.enum, $.union, $.alias, $.error, $.event),

    interface: ($) => declared($, "interface", $.identifier, $.interface_body),
    struct: ($) => declared($, seq(optional("closed"), "struct"), $.identifier, $.record),
    enum: ($) => declared($, seq(optional("closed"), "enum"), $.identifier, $.variants),
    union: ($) => declared($, seq(optional("closed"), "union"), $.identifier, $.record),
    error: ($) => declared($, "error", $.identifier, $.record),
    event: ($) => declared($, "event", $.path, $.record),

    alias: ($) =>
      seq(
        optional($._prelude),
        "type",
        field("name", $.identifier),
        "=",
        field("type", $.type),
        ";",
      ),

    record: ($) => body($, $.field),

    variants: ($) => body($, $.variant),

    reserved: ($) =>
      seq("reserved", $.string, repeat(seq(",", $.string)), optional(","), ";"),

    field: ($) =>
      seq(
        optional($._prelude),
        field("name", $._member_name),
        ":",
        field("type", $.type),
        optional(seq("=", field("default", $.value))),
      ),

    variant: ($) => seq(optional($._prelude), field("name", $._member_name)),

    // Members of interfaces

    interface_body: ($) => seq("{", repeat($.member), "}"),

    member: ($) => choice($.method, $.emits, $.handler),

    method: ($) =>
      seq(
        optional($._prelude),
        field("kind", choice("rpc", "oneway", "task")),
        field("name", $.identifier),
        field("parameters", $.parameters),
        optional(seq("->", field("result", $.type))),
        optional(field("raises", $.raises)),
        ";",
      ),

    parameters: ($) => listed("(", alias($.field, $.parameter), ")"),

    raises: ($) => seq("raises", separated($.raise)),

    raise: ($) => seq(repeat($.attribute), field("error", $.path)),

    emits: ($) =>
      seq(optional($._prelude), "emits", separated(field("event", $.path)), ";"),

    handler: ($) =>
      seq(
        optional($._prelude),
        "on",
        field("topic", $.topic),
        optional(seq("as", field("name", $.identifier))),
        ";",
      ),

    topic: ($) =>
      seq(
        choice($.topic_word, $.wildcard),
        repeat($._attached_topic_part),
        repeat(seq(token.immediate("."), repeat1($._attached_topic_part))),
      ),

    topic_word: (_) => /[A-Za-z0-9_]+/,
    wildcard: (_) => choice("*", "#"),

    _attached_topic_part: ($) =>
      choice(
        alias(token.immediate(/[A-Za-z0-9_]+/), $.topic_word),
        alias(choice(token.immediate("*"), token.immediate("#")), $.wildcard),
      ),

    // Types

    type: ($) =>
      seq(
        field("name", $.path),
        optional(field("arguments", $.type_arguments)),
        optional(field("constraints", $.constraints)),
        repeat("?"),
      ),

    type_arguments: ($) => seq("<", separated($.type), ">"),

    constraints: ($) => seq("(", separated($.constraint), ")"),

    constraint: ($) =>
      choice(
        $.range,
        seq(field("name", $.identifier), "=", field("value", $.value)),
        field("value", $.value),
      ),

    range: ($) =>
      seq(
        optional(field("from", $.number)),
        choice("..", "..="),
        optional(field("to", $.number)),
      ),

    // Values

    value: ($) => choice($.string, $.number, $.path, $.list, $.empty_map),

    list: ($) => listed("[", $.value, "]"),

    empty_map: (_) => seq("{", "}"),

    // Names. Only the first word of one may stand behind a blank.

    path: ($) => $._dotted,

    _dotted: ($) => choice($.identifier, seq($._dotted, $._dot_and_word)),

    _attached_path: ($) =>
      seq(alias($._attached_word, $.identifier), repeat($._dot_and_word)),

    _dot_and_word: ($) =>
      seq(token.immediate("."), alias($._attached_word, $.identifier)),

    _member_name: ($) => choice($.identifier, alias("reserved", $.identifier)),

    identifier: (_) => WORD,

    _attached_word: (_) => token.immediate(WORD),

    // Texts and numbers

    string: ($) =>
      seq(
        '"',
        repeat(choice($.string_content, $.escape_sequence)),
        token.immediate('"'),
      ),

    // Stronger than a comment, which may stand between any two tokens.
    string_content: (_) => token.immediate(prec(1, /[^"\\\n]+/)),

    escape_sequence: (_) =>
      token.immediate(seq("\\", choice(/[nrt0"\\]/, /u\{[0-9A-Fa-f]{1,6}\}/))),

    version: (_) => /(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)/,

    _major: (_) => /0|[1-9][0-9]*/,

    // Also durations and versions: what fits, the place says.
    number: (_) =>
      /-?[0-9][0-9_]*(\.[0-9][0-9_]*)*([eE][+-][0-9])?[A-Za-z0-9_]*/,

    // Comments, each without the blanks at its line's end

    inner_doc: (_) => /\/\/!([^\S\n]*\S)*/,

    doc: (_) => /\/\/\/(([^\S\n]+\S|[^\s\/])([^\S\n]*\S)*)?/,

    comment: (_) =>
      token(
        choice(
          /\/\/(([^\S\n]+\S|[^\s\/!]|\/\/)([^\S\n]*\S)*)?/,
          /\/\*([^*]|\*+[^*\/])*\*+\//,
        ),
      ),
  },
});

/** A declaration with its docs and attributes. */
function declared($, keyword, name, body) {
  return seq(optional($._prelude), keyword, field("name", name), field("body", body));
}

/** Members with `,` between them, and lines of reserved names. */
function body($, member) {
  return seq("{", repeat(choice($.reserved, seq(member, ","))), optional(member), "}");
}

/** One or more, with `,` between them, and one behind the last if you like. */
function separated(rule) {
  return seq(rule, repeat(seq(",", rule)), optional(","));
}

/** Any number of them in brackets. */
function listed(open, rule, close) {
  return seq(open, optional(separated(rule)), close);
}
