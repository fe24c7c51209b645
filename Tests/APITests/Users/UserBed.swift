import Testing

@testable import API

/// Users and roles for tests; every password is `secret`.
extension APIBed {
  /// Creates a role and a user who has it, and returns the user's id.
  @discardableResult
  func user(_ name: String, may permissions: [String: [String]]) async throws -> Int {
    let grants = permissions.map { area, levels in
      "\"\(area)\":[\(levels.map { "\"\($0)\"" }.joined(separator: ","))]"
    }.joined(separator: ",")
    let role = try await call(
      "POST", "/roles/new", "{\"name\":\"Role of \(name)\",\"rawPermissions\":{\(grants)}}")
    #expect(role.status == 201, "\(role.json)")
    let user = try await call("POST", "/users/new", Self.newUser(name, role: role.json["role"]))
    #expect(user.status == 201, "\(user.json)")
    return user.json["user"]?["id"]?.integer ?? 0
  }

  /// The body of a new user.
  static func newUser(_ name: String, role: API.JSONValue?) -> String {
    """
    {"username":"\(name)","firstName":"First","lastName":"Last","email":"\(name)@example.com",
      "plainPassword":{"password":"secret","confirm":"secret"},"role":\(role?["id"]?.integer ?? 0)}
    """
  }

  /// One request of a user, with a body in JSON.
  func call(
    as user: String, _ method: String, _ path: String, _ body: String? = nil
  ) async throws -> RawResponse {
    try await server.request(
      method, path.hasPrefix("/api") || path.hasPrefix("/page/") ? path : "/api" + path, as: user,
      headers: body == nil ? [] : ["Content-Type: application/json"],
      body: Array((body ?? "").utf8))
  }
}
