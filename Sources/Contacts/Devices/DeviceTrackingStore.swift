package import Foundation
package import JobQueue
package import Postgres
import Primitives

/// A device by whose id a browser is recognized (tracking.md 5).
package struct TrackedDevice: Sendable, Equatable {
  /// The device's id.
  package var id: Int64
  /// The contact that it belongs to.
  package var contact: Int64
  /// The id in cookies: 23 characters `[a-z0-9]`.
  package var trackingID: String
  package var kind: String?
  package var brand: String?
  package var model: String?

  /// Whether a user agent is this device's, by kind, brand and model; nil stands for an agent that tells nothing.
  package func matches(_ description: DeviceDescription?) -> Bool {
    kind == description?.device && brand == description?.brand && model == description?.model
  }
}

/// The ids by which devices are tracked.
package enum DeviceTrackingStore {
  /// The number of characters of an id.
  private static let length = 23

  /// Returns a new id, at random.
  package static func makeID() -> String {
    // Two random numbers of twelve digits each: a number for each digit would be a system call for each.
    let limit: UInt64 = 4_738_381_338_321_616_896  // 36^12
    let digits = (0..<2).map { _ in
      let text = String(UInt64.random(in: 0..<limit), radix: 36)
      return String(repeating: "0", count: 12 - text.utf8.count) + text
    }
    return String(digits.joined().prefix(length))
  }

  /// Whether a text can be an id.
  package static func isID(_ text: String) -> Bool {
    text.utf8.count == length
      && text.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }

  /// Returns the devices with these ids, by id.
  ///
  /// - Throws: `PostgresError`.
  package static func find(
    _ ids: [String], on connection: PostgresConnection
  ) async throws -> [String: TrackedDevice] {
    guard !ids.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT id, contact_id, tracking_id, device, device_brand, device_model FROM devices
      WHERE tracking_id = ANY (\(ids))
      """)
    var found: [String: TrackedDevice] = [:]
    for row in rows {
      let device = TrackedDevice(
        id: try row.decode("id"), contact: try row.decode("contact_id"),
        trackingID: try row.decode("tracking_id"), kind: try row.decode("device"),
        brand: try row.decode("device_brand"), model: try row.decode("device_model"))
      found[device.trackingID] = device
    }
    return found
  }

  /// A device of a contact by what tells it from others.
  package struct Owned: Hashable, Sendable {
    var contact: Int64
    var kind: String?
    var brand: String?
    var model: String?

    /// - Parameter description: The device; nil for an agent that tells nothing.
    package init(_ description: DeviceDescription?, of contact: Int64) {
      self.contact = contact
      kind = description?.device
      brand = description?.brand
      model = description?.model
    }
  }

  /// Returns the query for the devices that contacts have of those given; ``known(_:)`` reads its rows. Where a contact has
  /// several alike, it is the one that ``ensure(_:of:claiming:in:)`` returns.
  package static func query(_ devices: Set<Owned>) -> SQL {
    let all = Array(devices)
    return """
      SELECT DISTINCT ON (n.place) n.place, d.id, d.tracking_id, n.contact, n.device, n.brand, n.model
      FROM unnest(\(all.map(\.contact))::bigint[], \(all.map(\.kind))::text[],
        \(all.map(\.brand))::text[], \(all.map(\.model))::text[])
        WITH ORDINALITY AS n (contact, device, brand, model, place)
      JOIN devices d ON d.contact_id = n.contact
        AND d.device IS NOT DISTINCT FROM n.device
        AND d.device_brand IS NOT DISTINCT FROM n.brand
        AND d.device_model IS NOT DISTINCT FROM n.model
      ORDER BY n.place, d.tracking_id IS NULL, d.id
      """
  }

  /// Reads the rows of ``query(_:)``: the row's id, and the id by which it is tracked, if it is.
  package static func known(
    _ rows: PostgresRows
  ) throws -> [Owned: (id: Int64, trackingID: String?)] {
    var found: [Owned: (id: Int64, trackingID: String?)] = [:]
    for row in rows {
      let description = DeviceDescription(
        device: try row.decode("device"), brand: try row.decode("brand"),
        model: try row.decode("model"))
      found[Owned(description, of: try row.decode("contact"))] = (
        try row.decode("id"), try row.decode("tracking_id")
      )
    }
    return found
  }

  /// Returns the statement that has devices tracked by ids that no other device has; nil without any.
  package static func naming(_ devices: [(id: Int64, trackingID: String)]) -> SQL? {
    guard !devices.isEmpty else { return nil }
    return """
      UPDATE devices d SET tracking_id = n.tracking
      FROM unnest(\(devices.map(\.id))::bigint[], \(devices.map(\.trackingID))::text[])
        AS n (id, tracking) WHERE d.id = n.id
      """
  }

  /// Returns the statement that records tracked devices of contacts that have none like them.
  ///
  /// - Parameters:
  ///   - devices: The contact of each, its description (nil for an agent that tells nothing), and an id that no other
  ///     device has.
  ///   - now: The instant.
  package static func insertion(
    _ devices: [(contact: Int64, description: DeviceDescription?, trackingID: String)], now: Date
  ) throws -> SQL {
    let all = devices.map { $0.description ?? DeviceDescription() }
    let clients = try all.map { device in
      try device.clientInfo.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    }
    return """
      INSERT INTO devices (contact_id, client_info, device, device_brand, device_model,
        device_os_name, device_os_shortname, device_os_version, device_os_platform, tracking_id,
        date_added)
      SELECT contact, client::jsonb, device, brand, model, os, short, version, platform, tracking,
        \(now)::timestamptz
      FROM unnest(\(devices.map(\.contact))::bigint[], \(clients)::text[],
        \(all.map(\.device))::text[], \(all.map(\.brand))::text[], \(all.map(\.model))::text[],
        \(all.map(\.osName))::text[], \(all.map(\.osShortName))::text[],
        \(all.map(\.osVersion))::text[], \(all.map(\.osPlatform))::text[],
        \(devices.map(\.trackingID))::text[])
        AS new (contact, client, device, brand, model, os, short, version, platform, tracking)
      """
  }

  /// Returns the tracked device of a contact that has a kind, brand and model, or records one. The caller has
  /// locked the contact's row.
  ///
  /// - Parameters:
  ///   - description: The device; nil for an agent that tells nothing.
  ///   - contact: The contact that uses it.
  ///   - claim: The id of a device that is new; no other has it.
  ///   - transaction: The transaction.
  /// - Throws: `PostgresError`.
  package static func ensure(
    _ description: DeviceDescription?, of contact: Int64, claiming claim: String,
    in transaction: Transaction
  ) async throws -> TrackedDevice {
    let wanted = description ?? DeviceDescription()
    func tracked(_ id: Int64, _ trackingID: String) -> TrackedDevice {
      TrackedDevice(
        id: id, contact: contact, trackingID: trackingID, kind: wanted.device,
        brand: wanted.brand, model: wanted.model)
    }
    let known = try await transaction.query(
      """
      SELECT id, tracking_id FROM devices WHERE contact_id = \(contact)
        AND device IS NOT DISTINCT FROM \(wanted.device)
        AND device_brand IS NOT DISTINCT FROM \(wanted.brand)
        AND device_model IS NOT DISTINCT FROM \(wanted.model)
      ORDER BY tracking_id IS NULL, id LIMIT 1
      """
    ).first
    guard let known else {
      let device = try await DeviceStore.insert(
        wanted, contact, trackingID: claim, in: transaction)
      await ContactChanges.markWithNext([contact], [.devices], in: transaction)
      return tracked(device.id, claim)
    }
    let id: Int64 = try known.decode("id")
    if let trackingID: String = try known.decode("tracking_id") { return tracked(id, trackingID) }
    // A device that was recorded otherwise, such as with UTM tags, was never tracked.
    try await transaction.query("UPDATE devices SET tracking_id = \(claim) WHERE id = \(id)")
    return tracked(id, claim)
  }
}
