import Postgres
import Primitives

/// The values of a role that users set: columns of `roles`.
struct RoleValues: Sendable, Equatable {
  /// The most levels of an area, of which the catalogue has fewer.
  private static let maximumLevels = 40

  var name: String
  var description: String?
  var isPublished = true
  var permissions = PermissionSet()
  var requiresTwoFactor = false

  /// The values of a role as they are.
  init(_ role: Role) {
    name = role.name
    description = role.description
    isPublished = role.isPublished
    permissions = role.permissions
    requiresTwoFactor = role.requiresTwoFactor
  }

  /// Applies an input to the values so far; nil for a new role.
  ///
  /// - Throws: ``UserError/invalid(member:rule:)``; ``PermissionError`` for a grant that is none.
  init(_ input: RoleInput, before: RoleValues?) throws {
    if let before { self = before } else { name = "" }
    if let given = input.name { name = given.trimmingBlanks() }
    guard (1...191).contains(name.unicodeScalars.count), !name.contains("\0") else {
      throw UserError.invalid(
        member: "name", rule: "\"\(name.prefix(60))\" must have 1 to 191 characters")
    }
    if let given = input.description {
      let text = given?.trimmingBlanks() ?? ""
      guard text.unicodeScalars.count <= 20_000, !text.contains("\0") else {
        throw UserError.invalid(member: "description", rule: "must have at most 20000 characters")
      }
      description = text.isEmpty ? nil : text
    }
    isPublished = input.isPublished ?? isPublished
    permissions.isAdministrator = input.isAdministrator ?? permissions.isAdministrator
    requiresTwoFactor = input.requiresTwoFactor ?? requiresTwoFactor
    if let grants = input.grants {
      guard grants.values.allSatisfy({ $0.count <= Self.maximumLevels }) else {
        throw UserError.invalid(
          member: "rawPermissions", rule: "at most \(Self.maximumLevels) levels of one permission")
      }
      permissions.grants = grants
      try permissions.check()
    }
  }

  static let columns: SQL = """
    name, description, is_published, is_admin, permissions, requires_two_factor
    """

  /// The values of ``columns``.
  var sql: SQL {
    get throws {
      """
      \(name)::text, \(description)::text, \(isPublished)::boolean,
        \(permissions.isAdministrator)::boolean, \(try JSON(permissions.grants))::jsonb,
        \(requiresTwoFactor)::boolean
      """
    }
  }

  /// The values by name, for the audit log.
  var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("description", description.map { .string($0) } ?? .null),
      ("isPublished", .boolean(isPublished)), ("isAdmin", .boolean(permissions.isAdministrator)),
      ("requiresTwoFactor", .boolean(requiresTwoFactor)),
      (
        "rawPermissions",
        .object(permissions.grants.mapValues { .array($0.map { .string($0) }) })
      ),
    ]
  }
}
