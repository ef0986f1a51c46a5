; What a file declares

(package name: (path) @name) @definition.module
((interface (doc)* @doc name: (identifier) @name) @definition.interface (#strip! @doc "^/// ?"))
((method (doc)* @doc name: (identifier) @name) @definition.method (#strip! @doc "^/// ?"))
((handler (doc)* @doc name: (identifier) @name) @definition.method (#strip! @doc "^/// ?"))
((struct (doc)* @doc name: (identifier) @name) @definition.class (#strip! @doc "^/// ?"))
((error (doc)* @doc name: (identifier) @name) @definition.class (#strip! @doc "^/// ?"))
((event (doc)* @doc name: (path) @name) @definition.class (#strip! @doc "^/// ?"))
((enum (doc)* @doc name: (identifier) @name) @definition.type (#strip! @doc "^/// ?"))
((union (doc)* @doc name: (identifier) @name) @definition.type (#strip! @doc "^/// ?"))
((alias (doc)* @doc name: (identifier) @name) @definition.type (#strip! @doc "^/// ?"))
((field (doc)* @doc name: (identifier) @name) @definition.field (#strip! @doc "^/// ?"))
((variant (doc)* @doc name: (identifier) @name) @definition.constant (#strip! @doc "^/// ?"))

; What it uses

(type name: (path) @name) @reference.type
(raise error: (path) @name) @reference.class
(emits event: (path) @name) @reference.class
(handler topic: (topic) @name) @reference.class
