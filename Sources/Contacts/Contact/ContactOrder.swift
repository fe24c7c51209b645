/// The order of a list of contacts by one column.
public struct ContactOrder: Sendable, Equatable {
  /// A column of the table of contacts.
  public let column: String
  /// Whether the largest comes first. Missing values come last either way (CON-115).
  public let isDescending: Bool

  /// Why an order could not be read.
  public struct UnknownColumn: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name as it was given.
    public let name: String

    /// The error for a name.
    public init(name: String) { self.name = name }

    /// The reason as people read it.
    public var description: String { "there is no column \(name) to order by" }
  }

  /// Reads what a request asks for (api.md 6): a comma list of names in snake or camel case, with or
  /// without a table prefix; attributes of the record or aliases of published fields.
  ///
  /// - Parameters:
  ///   - orderBy: The names.
  ///   - direction: `ASC` or `DESC` in any case, for all names. Anything else is ascending.
  ///   - fields: The definitions.
  /// - Returns: A part for each name; none if there is no name.
  /// - Throws: ``UnknownColumn`` for a name that is neither.
  public static func parse(
    _ orderBy: String, direction: String? = nil, fields: FieldSet
  ) throws(UnknownColumn) -> [ContactOrder] {
    let isDescending = direction?.lowercased() == "desc"
    var orders: [ContactOrder] = []
    for part in orderBy.split(separator: ",") {
      let name = part.trimmingBlanks()
      guard !name.isEmpty else { continue }
      guard let column = column(named: name, fields: fields) else {
        throw UnknownColumn(name: name)
      }
      guard !orders.contains(where: { $0.column == column }) else { continue }
      orders.append(ContactOrder(column: column, isDescending: isDescending))
    }
    return orders
  }

  private static let attributes: Set<String> = [
    "id", "is_published", "owner_id", "stage_id", "points", "color", "date_added",
    "date_modified", "date_identified", "last_active", "created_by", "created_by_user",
    "modified_by", "modified_by_user", "preferred_profile_image",
  ]

  /// The column that a name means, as ``parse(_:direction:fields:)`` reads one; nil for an unknown
  /// one.
  public static func column(named name: String, fields: FieldSet) -> String? {
    var bare = name.trimmingBlanks()
    if let dot = bare.lastIndex(of: ".") { bare = String(bare[bare.index(after: dot)...]) }
    let aliases = ["owner": "owner_id", "stage": "stage_id"]
    for candidate in [bare, snakeCase(bare)] {
      let candidate = aliases[candidate] ?? candidate
      if attributes.contains(candidate) { return candidate }
      if let field = fields[candidate], field.object == .contact, field.isPublished {
        return field.column
      }
    }
    return nil
  }

  /// `lastActive` as `last_active`.
  static func snakeCase(_ name: String) -> String {
    var result = ""
    for character in name {
      if character.isASCII, character.isUppercase {
        if !result.isEmpty, result.last != "_" { result.append("_") }
        result.append(contentsOf: character.lowercased())
      } else {
        result.append(character)
      }
    }
    return result
  }
}
