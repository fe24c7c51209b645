package import Foundation
package import JobQueue
package import Postgres
import Primitives

/// Devices in the database. Segments can filter by them, so each change marks the contact.
package struct DeviceStore: Sendable {
  private let transactions: TransactionRunner
  private var pool: PostgresPool { transactions.postgres }

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  /// Returns a page of devices and the total number.
  ///
  /// - Parameters:
  ///   - condition: A condition on the columns of `devices`.
  ///   - order: The `ORDER BY` clause; by default newest first.
  ///   - start: The number of records to skip.
  ///   - limit: The maximum number of records to return.
  /// - Throws: `PostgresError`.
  package func page(
    where condition: SQL = "true", order: SQL = "ORDER BY date_added DESC, id DESC", start: Int = 0,
    limit: Int
  ) async throws -> (devices: [Device], total: Int) {
    try await pool.page(
      Self.columns, from: "devices", where: condition, order: order, start: start, limit: limit
    ) { rows, _ in try rows.map(Self.device) }
  }

  /// Returns the device with an id; `nil` if it does not exist.
  package func device(_ id: Int64) async throws -> Device? {
    try await pool.query("SELECT \(sql: Self.columns) FROM devices WHERE id = \(id)")
      .first.map(Self.device)
  }

  /// Records a device.
  ///
  /// - Parameter contact: The contact that uses it; required.
  /// - Throws: ``InvalidInput`` for a missing or unknown contact and an invalid kind.
  package func create(
    _ description: DeviceDescription, of contact: Int64?, now: Date
  ) async throws -> Device {
    guard let contact else { throw InvalidInput("lead", "a device needs the number of a contact") }
    let checked = try description.checked()
    return try await transactions.transaction(at: now) { transaction in
      guard try await !ContactLock.lock([contact], on: transaction.connection).isEmpty else {
        throw InvalidInput("lead", "there is no contact \(contact)")
      }
      let device = try await Self.insert(checked, contact, in: transaction)
      try await ContactChanges.mark([contact], [.devices], in: transaction)
      return device
    }
  }

  /// Changes the description of a device. Its contact stays.
  ///
  /// - Returns: The updated device; `nil` if it does not exist.
  /// - Throws: ``InvalidInput`` for an unknown kind.
  package func update(
    _ id: Int64, to change: @escaping @Sendable (inout DeviceDescription) -> Void, now: Date
  ) async throws -> Device? {
    try await transactions.transaction(at: now) { transaction in
      guard let old = try await Self.locked(id, on: transaction.connection) else { return nil }
      var wanted = old.description
      change(&wanted)
      let new = try wanted.checked()
      guard new != old.description else { return old }
      let rows = try await transaction.query(
        """
        UPDATE devices SET client_info = \(try new.clientInfo.map { try JSON($0) }),
          device = \(new.device), device_brand = \(new.brand), device_model = \(new.model),
          device_os_name = \(new.osName), device_os_shortname = \(new.osShortName),
          device_os_version = \(new.osVersion), device_os_platform = \(new.osPlatform)
        WHERE id = \(id) RETURNING \(sql: Self.columns)
        """)
      try await ContactChanges.mark([old.contactID], [.devices], in: transaction)
      return try rows.first.map(Self.device)
    }
  }

  /// Deletes a device.
  ///
  /// - Returns: The deleted device; `nil` if it did not exist.
  package func delete(_ id: Int64, now: Date) async throws -> Device? {
    try await transactions.transaction(at: now) { transaction in
      guard let old = try await Self.locked(id, on: transaction.connection) else { return nil }
      try await transaction.query("DELETE FROM devices WHERE id = \(id)")
      try await ContactChanges.mark([old.contactID], [.devices], in: transaction)
      return old
    }
  }

  /// Records a device, unless the contact has a similar one (api.md 8.2, `utm/add`). The caller has
  /// locked the contact's row.
  ///
  /// - Throws: `PostgresError`.
  static func record(
    _ found: DeviceDescription, of contact: Int64, in transaction: Transaction
  ) async throws {
    let isKnown = try await !transaction.query(
      """
      SELECT id FROM devices WHERE contact_id = \(contact)
        AND device IS NOT DISTINCT FROM \(found.device)
        AND device_brand IS NOT DISTINCT FROM \(found.brand)
        AND device_model IS NOT DISTINCT FROM \(found.model)
        AND device_os_name IS NOT DISTINCT FROM \(found.osName)
      LIMIT 1
      """
    ).isEmpty
    if isKnown { return }
    _ = try await insert(found, contact, in: transaction)
    try await ContactChanges.mark([contact], [.devices], in: transaction)
  }

  /// Returns the device after locking its contact and then the device.
  private static func locked(
    _ id: Int64, on connection: PostgresConnection
  ) async throws -> Device? {
    while true {
      let owner: Int64? = try await connection.query(
        "SELECT contact_id FROM devices WHERE id = \(id)"
      ).first?.decode(at: 0)
      guard let owner else { return nil }
      _ = try await ContactLock.lock([owner], on: connection)
      let device = try await connection.query(
        "SELECT \(sql: columns) FROM devices WHERE id = \(id) FOR UPDATE"
      ).first.map(device)
      // A merge may have moved it meanwhile.
      if device == nil || device?.contactID == owner { return device }
    }
  }

  static func insert(
    _ new: DeviceDescription, _ contact: Int64, trackingID: String? = nil,
    in transaction: Transaction
  ) async throws -> Device {
    let rows = try await transaction.query(
      """
      INSERT INTO devices (contact_id, client_info, device, device_brand, device_model,
        device_os_name, device_os_shortname, device_os_version, device_os_platform, tracking_id,
        date_added)
      VALUES (\(contact), \(try new.clientInfo.map { try JSON($0) }), \(new.device), \(new.brand),
        \(new.model), \(new.osName), \(new.osShortName), \(new.osVersion), \(new.osPlatform),
        \(trackingID), \(transaction.now))
      RETURNING \(sql: columns)
      """)
    return try device(rows[0])
  }

  private static let columns: SQL = """
    id, contact_id, client_info, device, device_brand, device_model, device_os_name,
    device_os_shortname, device_os_version, device_os_platform, date_added
    """

  private static func device(_ row: PostgresRow) throws -> Device {
    let client: JSON? = try row.decode("client_info")
    return Device(
      id: try row.decode("id"), contactID: try row.decode("contact_id"),
      description: DeviceDescription(
        clientInfo: try client?.decode(JSONValue.self), device: try row.decode("device"),
        brand: try row.decode("device_brand"), model: try row.decode("device_model"),
        osName: try row.decode("device_os_name"),
        osShortName: try row.decode("device_os_shortname"),
        osVersion: try row.decode("device_os_version"),
        osPlatform: try row.decode("device_os_platform")),
      dateAdded: try row.decode("date_added"))
  }
}
