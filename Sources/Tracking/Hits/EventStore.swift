import Foundation
import Postgres
import Primitives

/// The rows of events.
enum EventStore {
  /// Returns which of these messages are recorded already.
  static func known(
    _ messages: [UUID], on connection: PostgresConnection
  ) async throws -> Set<UUID> {
    guard !messages.isEmpty else { return [] }
    // The limit keeps a plan that was made while the table was small from reading all of it.
    return Set(
      try await connection.query(
        """
        SELECT known.message FROM unnest(\(messages)::uuid[]) AS given (message)
        CROSS JOIN LATERAL (
          SELECT message FROM tracked_events t WHERE t.message = given.message LIMIT 1) AS known
        """
      ).map { try $0.decode(at: 0) })
  }

  private static let columns: SQL =
    "message, contact_id, device_id, write_key_id, at, name, url, ip_address, properties"

  /// Writes rows by COPY. The caller has locked the contacts, and none of the events is recorded.
  static func copy(_ events: [Hit], on connection: PostgresConnection) async throws {
    guard !events.isEmpty else { return }
    var buffer: [UInt8] = []
    buffer.reserveCapacity(events.count * 512)
    func some(_ text: String) -> String? { text.isEmpty ? nil : text }
    for event in events {
      CopyText.append(
        row: [
          event.id.uuidString, event.contact.map { String($0) }, event.device.map { String($0) },
          event.sourceID.map { String($0) }, CopyText.instant(event.at), event.event,
          some(event.url), some(event.address), event.query,
        ], to: &buffer)
    }
    let rows = buffer
    try await connection.copyIn("COPY tracked_events (\(sql: columns)) FROM STDIN") { writer in
      try await writer.write(rows)
    }
  }
}

/// The properties of an event, as decisions compare them.
enum EventProperties {
  /// The maximum number of properties that decisions see.
  private static let count = 200
  /// The maximum depth.
  private static let depth = 8

  /// Returns the values as texts by path: `total`, `product.name`, `products.0.sku`.
  static func flat(_ properties: JSONValue) -> [String: String] {
    var flat: [String: String] = [:]
    add(properties, at: "", depth: 0, to: &flat)
    return flat
  }

  private static func add(
    _ value: JSONValue, at path: String, depth: Int, to flat: inout [String: String]
  ) {
    guard flat.count < count, depth <= Self.depth else { return }
    func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    switch value {
    case .object(let members):
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        add(value, at: inner(name), depth: depth + 1, to: &flat)
      }
    case .array(let items):
      for (place, item) in items.enumerated() {
        add(item, at: inner(String(place)), depth: depth + 1, to: &flat)
      }
    case .boolean(let truth): flat[path] = truth ? "true" : "false"
    default: if let text = value.text, !path.isEmpty { flat[path] = text }
    }
  }
}
