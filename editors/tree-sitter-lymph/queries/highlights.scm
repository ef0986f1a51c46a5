; Every node has one capture: which of several wins differs between editors.

; Keywords

["package" "use"] @keyword.import
(import_name "as" @keyword.import)
["interface" "struct" "enum" "union" "type" "error" "event"] @keyword.type
"closed" @keyword.modifier
["rpc" "oneway" "task"] @keyword.function
"raises" @keyword.exception
["emits" "on" "reserved"] @keyword
(handler "as" @keyword)

; What is declared

(package name: (path) @module)
(interface name: (identifier) @type.definition)
(struct name: (identifier) @type.definition)
(enum name: (identifier) @type.definition)
(union name: (identifier) @type.definition)
(alias name: (identifier) @type.definition)
(error name: (identifier) @type.definition)
(event name: (path) @type.definition)
(method name: (identifier) @function.method)
(handler name: (identifier) @function.method)
(parameter name: (identifier) @variable.parameter)
(struct body: (record (field name: (identifier) @variable.member)))
(error body: (record (field name: (identifier) @variable.member)))
(event body: (record (field name: (identifier) @variable.member)))
(union body: (record (field name: (identifier) @constant)))
(variant name: (identifier) @constant)

; What is used

(import package: (path) @module)
(import_name name: (path) @type)
(import_name alias: (identifier) @type)
(raise error: (path) @type)
(emits event: (path) @type)
(topic_word) @type
(wildcard) @character.special

((type name: (path . (identifier) @type.builtin .))
  (#any-of? @type.builtin
    "bool" "i8" "i16" "i32" "i64" "u8" "u16" "u32" "u64" "f32" "f64" "string" "bytes" "datetime" "date"
    "time" "duration" "decimal" "uuid" "any" "list" "set" "map" "patch"))

((type name: (path . (identifier) @type .))
  (#not-any-of? @type
    "bool" "i8" "i16" "i32" "i64" "u8" "u16" "u32" "u64" "f32" "f64" "string" "bytes" "datetime" "date"
    "time" "duration" "decimal" "uuid" "any" "list" "set" "map" "patch"))

(type name: (path (identifier) @module . (identifier)))
(type name: (path (identifier) . (identifier) @type .))

; Attributes

(attribute "@" @attribute)
(attribute name: (path) @attribute)
(argument name: (identifier) @property)
(constraint name: (identifier) @property)

; Values

(string ["\"" (string_content)] @string)
(escape_sequence) @string.escape
[(number) (version)] @number

([
  (argument value: (path) @boolean)
  (parameter default: (path) @boolean)
  (field default: (path) @boolean)
  (constraint value: (path) @boolean)
  (list (path) @boolean)
] (#any-of? @boolean "true" "false"))

([
  (argument value: (path) @constant)
  (parameter default: (path) @constant)
  (field default: (path) @constant)
  (constraint value: (path) @constant)
  (list (path) @constant)
] (#not-any-of? @constant "true" "false"))

; Marks

["{" "}" "(" ")" "[" "]" "<" ">"] @punctuation.bracket
["," ";" ":"] @punctuation.delimiter
(import "." @punctuation.delimiter)
(topic "." @punctuation.delimiter)
(type name: (path "." @punctuation.delimiter))
["->" "=" "?" ".." "..="] @operator
(package "@" @operator)
(import "@" @operator)

; Comments

(comment) @comment
[(doc) (inner_doc)] @comment.documentation
