import Fields
import Foundation
import Postgres
import Primitives
import Users

@testable import API

/// Requests that tests of contacts share.
extension APIBed {
  /// One request with a body in JSON.
  func call(
    _ method: String, _ path: String, _ body: String? = nil, headers: [String] = []
  ) async throws -> RawResponse {
    try await server.request(
      method, "/api" + path,
      headers: (body == nil ? [] : ["Content-Type: application/json"]) + headers,
      body: Array((body ?? "").utf8))
  }

  /// Creates a contact, or changes it, and returns its id.
  func contact(_ body: String) async throws -> Int {
    try await call("POST", "/contacts/new", body).contact["id"]?.integer ?? 0
  }

  /// A contact as it is read.
  func read(_ id: Int) async throws -> API.JSONValue {
    try await call("GET", "/contacts/\(id)").contact
  }

  /// One column of one row, as text.
  func text(_ sql: SQL) async throws -> String? {
    try await pool.query(sql).first?.decode(at: 0)
  }

  /// The values of a column, as text.
  func texts(_ sql: SQL) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0) }
  }

  /// Adds a field of contacts.
  func addField(_ label: String, _ type: FieldType, _ change: (inout NewField) -> Void = { _ in })
    async throws
  {
    var field = NewField(label: label, type: type)
    change(&field)
    _ = try await fields.create(field, by: Author.system, now: Date())
  }
}

extension RawResponse {
  /// The contact in the answer.
  var contact: API.JSONValue { json["contact"] ?? .null }
}

extension API.JSONValue {
  /// The value of a contact's field.
  func field(_ alias: String) -> API.JSONValue? { self["fields"]?["all"]?[alias] }
}

/// Properties of a select field with these options.
func choices(_ values: String...) -> Primitives.JSONValue {
  .object([
    "list": .array(
      values.map { .object(["label": .string($0.uppercased()), "value": .string($0)]) })
  ])
}
