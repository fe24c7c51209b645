import Postgres
import Primitives
import Users

/// The values of a client that users set: columns of `oauth_clients`.
struct ClientValues: Sendable, Equatable {
  private static let maximumAddresses = 20

  var name: String
  var redirectURIs: [RedirectURI] = []
  var grants: [GrantType]
  var role: Int64?
  var isPublished = true

  /// The values of a client as they are.
  init(_ client: OAuthClient) {
    name = client.name
    redirectURIs = client.redirectURIs
    grants = client.grants
    role = client.role
    isPublished = client.isPublished
  }

  /// Applies an input to the values so far; nil for a new client.
  ///
  /// - Throws: ``UserError/invalid(member:rule:)``.
  init(
    _ input: ClientInput, before: ClientValues?, isConfidential: Bool
  ) throws(UserError) {
    if let before {
      self = before
    } else {
      name = ""
      grants = []
    }
    if let given = input.name {
      guard !given.contains("\0") else {
        throw .invalid(member: "name", rule: "must have no NUL character")
      }
      name = given.trimmingBlanks()
    }
    guard (1...191).contains(name.unicodeScalars.count) else {
      throw .invalid(
        member: "name", rule: "\"\(name.prefix(60))\" must have 1 to 191 characters")
    }
    if let given = input.redirectURIs { redirectURIs = try Self.addresses(given) }
    if let given = input.role { role = given }
    isPublished = input.isPublished ?? isPublished
    if let given = input.grants {
      grants = try Self.grants(given)
    } else if before == nil {
      grants = redirectURIs.isEmpty && role != nil ? [] : [.authorizationCode, .refreshToken]
      if role != nil { grants.append(.clientCredentials) }
    }
    try check(isConfidential: isConfidential)
  }

  private func check(isConfidential: Bool) throws(UserError) {
    if grants.contains(.authorizationCode), redirectURIs.isEmpty {
      throw .invalid(
        member: "redirectUris", rule: "is required for the grant authorization_code")
    }
    guard grants.contains(.clientCredentials) else { return }
    guard isConfidential else {
      throw .invalid(
        member: "grants", rule: "client_credentials needs a client with a secret")
    }
    guard role != nil else {
      throw .invalid(member: "role", rule: "is required for the grant client_credentials")
    }
  }

  private static func addresses(_ given: [String]) throws(UserError) -> [RedirectURI] {
    guard given.count <= maximumAddresses else {
      throw .invalid(
        member: "redirectUris", rule: "has \(given.count) addresses, at most \(maximumAddresses)")
    }
    var addresses: [RedirectURI] = []
    for text in given {
      guard let address = RedirectURI(text) else {
        throw .invalid(
          member: "redirectUris",
          rule:
            "\"\(text.prefix(100))\" must be an http or https address without user and fragment, or one with a scheme of an app's own such as com.example.app:/callback"
        )
      }
      if !addresses.contains(address) { addresses.append(address) }
    }
    return addresses
  }

  private static func grants(_ given: [String]) throws(UserError) -> [GrantType] {
    var grants: Set<GrantType> = []
    for word in given {
      guard let grant = GrantType(rawValue: word) else {
        throw .invalid(
          member: "grants",
          rule: "\"\(word.prefix(60))\" is none of "
            + GrantType.allCases.map(\.rawValue).joined(separator: ", "))
      }
      grants.insert(grant)
    }
    guard !grants.isEmpty else { throw .invalid(member: "grants", rule: "names none") }
    return GrantType.allCases.filter(grants.contains)
  }

  static let columns: SQL = "name, redirect_uris, grants, role_id, is_published"

  /// The values of ``columns``.
  var sql: SQL {
    """
    \(name)::text, \(redirectURIs.map(\.description))::text[], \(grants.map(\.rawValue))::text[],
      \(role)::bigint, \(isPublished)::boolean
    """
  }

  /// The values by name, for the audit log.
  var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)),
      ("redirectUris", .array(redirectURIs.map { .string($0.description) })),
      ("grants", .array(grants.map { .string($0.rawValue) })),
      ("role", role.map { .integer($0) } ?? .null), ("isPublished", .boolean(isPublished)),
    ]
  }
}
