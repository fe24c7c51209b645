import Testing

@testable import API

extension APIBed {
  /// Sends JSON as a client does; the answer's status and body.
  func send(
    _ method: String, _ path: String, _ body: String = "", as user: String = "admin"
  ) async throws -> RawResponse {
    try await server.request(
      method, path, as: user,
      headers: body.isEmpty ? [] : ["Content-Type: application/json"], body: Array(body.utf8))
  }

  /// Creates an entity and returns its id.
  func make(_ path: String, _ body: String, _ name: String) async throws -> Int {
    let response = try await send("POST", "\(path)/new", body)
    #expect(response.status == 201, "\(response.text)")
    return try #require(response.json[name]?["id"]?.integer)
  }

  /// The number of entries of this kind in the audit log.
  func audited(_ action: String, _ object: String) async throws -> Int {
    try await pool.query(
      "SELECT count(*) FROM audit_log WHERE action = \(action) AND object = \(object)"
    ).first?.decode(at: 0) ?? 0
  }
}
