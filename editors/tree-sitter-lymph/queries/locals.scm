; Scopes

[(source_file) (method)] @local.scope

; Definitions

(interface name: (identifier) @local.definition.type)
(struct name: (identifier) @local.definition.type)
(enum name: (identifier) @local.definition.type)
(union name: (identifier) @local.definition.type)
(alias name: (identifier) @local.definition.type)
(error name: (identifier) @local.definition.type)
(event name: (path) @local.definition.type)
(import_name name: (path) @local.definition.import .)
(import_name alias: (identifier) @local.definition.import)
(parameter name: (identifier) @local.definition.parameter)

; References

(type name: (path) @local.reference)
(raise error: (path) @local.reference)
(emits event: (path) @local.reference)
(handler topic: (topic) @local.reference)
