import Foundation
import Postgres
import Primitives

/// The values of a user that others set: columns of `users`.
struct UserValues: Sendable, Equatable {
  var email: String?
  var firstName = ""
  var lastName = ""
  var position: String?
  var signature: String?
  var timeZone: String?
  var locale: String?
  var role = Role.users
  var isPublished = true

  /// The values of a user as they are.
  init(_ user: User) {
    email = user.email
    firstName = user.firstName
    lastName = user.lastName
    position = user.position
    signature = user.signature
    timeZone = user.timeZone
    locale = user.locale
    role = user.role.id
    isPublished = user.isPublished
  }

  /// Applies an input to the values so far; nil for a new user.
  ///
  /// - Throws: ``UserError/invalid(member:rule:)``.
  init(_ input: UserInput, before: UserValues?) throws(UserError) {
    if let before { self = before } else { email = nil }
    if let given = input.email {
      email = try Self.text(given, "email", most: 254)
      if let email, !Self.isAddress(email) {
        throw .invalid(member: "email", rule: "\"\(email.prefix(100))\" is no e-mail address")
      }
    }
    if let given = input.firstName {
      firstName = try Self.text(given, "firstName", most: 191) ?? ""
    }
    if let given = input.lastName { lastName = try Self.text(given, "lastName", most: 191) ?? "" }
    if let given = input.position { position = try Self.text(given, "position", most: 191) }
    if let given = input.signature {
      signature = try Self.text(given, "signature", most: 20_000)
    }
    if let given = input.timeZone {
      timeZone = try Self.text(given, "timezone", most: 191)
      if let timeZone, TimeZone(identifier: timeZone) == nil {
        throw .invalid(
          member: "timezone", rule: "\"\(timeZone.prefix(100))\" is no time zone")
      }
    }
    if let given = input.locale { locale = try Self.text(given, "locale", most: 35) }
    role = input.role ?? role
    isPublished = input.isPublished ?? isPublished
  }

  /// A text without blanks around it; nil for an empty one.
  private static func text(
    _ given: String?, _ member: String, most limit: Int
  ) throws(UserError) -> String? {
    let text = given?.trimmingBlanks() ?? ""
    guard text.unicodeScalars.count <= limit, !text.contains("\0") else {
      throw .invalid(
        member: member,
        rule:
          "\"\(text.prefix(60))…\" has \(text.unicodeScalars.count) of at most \(limit) characters")
    }
    return text.isEmpty ? nil : text
  }

  private static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
      && !text.contains { $0.isWhitespace || $0.isNewline }
  }

  static let columns: SQL = """
    email, first_name, last_name, position, signature, timezone, locale, role_id, is_published
    """

  /// The values of ``columns``.
  var sql: SQL {
    """
    \(email)::text, \(firstName)::text, \(lastName)::text, \(position)::text, \(signature)::text,
      \(timeZone)::text, \(locale)::text, \(role)::bigint, \(isPublished)::boolean
    """
  }

  /// The values by name, for the audit log.
  var members: [(name: String, value: JSONValue)] {
    func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    return [
      ("email", text(email)), ("firstName", text(firstName)), ("lastName", text(lastName)),
      ("position", text(position)), ("signature", text(signature)), ("timezone", text(timeZone)),
      ("locale", text(locale)), ("role", .integer(role)), ("isPublished", .boolean(isPublished)),
    ]
  }
}
