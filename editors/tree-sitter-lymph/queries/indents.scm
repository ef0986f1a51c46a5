[
  (interface_body)
  (record)
  (variants)
  (parameters)
  (arguments)
  (import_names)
  (type_arguments)
  (constraints)
  (list)
] @indent.begin

["}" ")" "]"] @indent.branch @indent.end
(type_arguments ">" @indent.branch @indent.end)

; Its lines stay as they are.
(comment) @indent.ignore
