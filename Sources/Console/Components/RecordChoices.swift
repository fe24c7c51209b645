import API

/// The records that a field may name, for its picker.
enum RecordChoices {
  /// The most that a picker offers.
  private static let limit = 1000

  /// Records by id; empty where the user may not see them.
  ///
  /// - Parameters:
  ///   - path: Below `/api/`, such as `points/groups`.
  ///   - list: The member of the answer that holds them.
  ///   - member: What names a record.
  ///   - value: What a record is chosen by.
  static func of(
    _ path: String, list: String? = nil, member: String = "name", value: String = "id",
    _ page: PageRequest
  ) async throws -> [FormField.Choice] {
    let answer = try await page.optional(
      path,
      [
        "limit": .int(limit), "orderBy": .string(member),
        "select": .array([.string(member), .string(value)]),
      ])
    return (answer?[list ?? path]?.elements ?? []).map { record in
      FormField.Choice(record[value]?.text ?? "", record[member]?.text ?? "")
    }
  }

  /// The e-mails.
  static func emails(_ page: PageRequest) async throws -> [FormField.Choice] {
    try await of("emails", page)
  }

  /// The segments.
  static func segments(_ page: PageRequest) async throws -> [FormField.Choice] {
    try await of("segments", list: "lists", page)
  }

  /// The users.
  static func users(_ page: PageRequest) async throws -> [FormField.Choice] {
    try await of("users", member: "username", page)
  }

  /// The groups of points.
  static func pointGroups(_ page: PageRequest) async throws -> [FormField.Choice] {
    try await of("points/groups", list: "pointGroups", page)
  }
}
