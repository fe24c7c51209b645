extension Schema {
  /// The schemas that others name.
  static let components: [(name: String, schema: Schema)] =
    MemberKind.allCases.map { ($0.schemaName, $0.schema.with("description", .string($0.meaning))) }
    + [
      ("Errors", .errors), ("Error", .error),
      ("Category", "id:integer title:text alias:text description:text? color:text? bundle:text"),
    ]

  /// The envelope of errors (API page, section 5).
  static let errors = object([("errors", list(of: named("Error")))])

  private static let error = type(
    "object",
    [
      "properties": [
        "code": .object(Schema.integer.json), "message": .object(Schema.text.json),
        "details": .object(Schema.phpMap(of: .list(of: .text)).json),
        "type": .object(Schema.text.orNull.json),
      ],
      "required": ["code", "message", "type"], "additionalProperties": false,
    ])

  /// An answer that only says that it was done.
  static let success: Schema = "success:any"

  /// Several values by their position: a list, or an object where positions are missing.
  static func byPosition(_ schema: Schema) -> Schema {
    .anyOf([.list(of: schema), .map(of: schema)])
  }
}
