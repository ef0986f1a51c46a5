[
  (interface_body)
  (record)
  (variants)
  (parameters)
  (arguments)
  (import_names)
  (list)
  (comment)
  (import)+
  (inner_doc)+
  (doc)+
] @fold
