import Primitives

/// Properties of a field with these options.
func options(_ values: String...) -> JSONValue {
  .object([
    "list": .array(
      values.map { .object(["label": .string($0.uppercased()), "value": .string($0)]) })
  ])
}
