package import Contacts
package import Foundation
package import JobQueue
import Postgres
import Primitives

/// A download as a request tells of it.
package struct DownloadRequest: Sendable {
  package var asset: Int64
  /// The contact, if the visitor is known.
  package var contact: Int64?
  /// What tells the visitor's device from others.
  package var device: String?
  /// The send whose link was followed.
  package var send: UUID?
  /// The form whose submission it follows.
  package var form: Int64?
  /// The address it came from.
  package var address: String
  /// The page that led to it.
  package var referer: String?

  package init(
    asset: Int64, contact: Int64? = nil, device: String? = nil, send: UUID? = nil,
    form: Int64? = nil, address: String, referer: String? = nil
  ) {
    self.asset = asset
    self.contact = contact
    self.device = device
    self.send = send
    self.form = form
    self.address = address
    self.referer = referer
  }
}

/// Counts downloads, and reads them for their effects.
package enum DownloadStore {
  private static let longestReferer = 2_000

  /// Counts a download: a row, the counts, and a job for its effects where the contact is known.
  ///
  /// - Returns: The id of the download.
  @discardableResult
  package static func record(
    _ request: DownloadRequest, in transaction: Transaction
  ) async throws -> Int64 {
    var contact: Int64?
    if let given = request.contact {
      let current = try await ContactMerger.current(of: given, on: transaction.connection)
      contact = try await ContactLock.lock(
        current.map { [$0] } ?? [], on: transaction.connection
      ).first
    }
    let ips =
      IPAddressText.isValid(request.address)
      ? try await IPAddresses.ensure([request.address], in: transaction) : [:]
    let device =
      request.device.map { "device:\($0.prefix(100))" } ?? contact.map { "contact:\($0)" }
      ?? "address:\(request.address.prefix(60))"
    let rows = try await transaction.query(
      """
      WITH send AS (SELECT email_id FROM email_sends WHERE hash = \(request.send)::uuid), new AS (
        INSERT INTO asset_downloads (asset_id, contact_id, ip_id, code, referer, source, source_id,
          email_id, tracking_id, date_added)
        SELECT \(request.asset), \(contact)::bigint, \(ips[request.address])::bigint, 200,
          \(request.referer.map(Self.storable))::text,
          coalesce((SELECT 'email' FROM send WHERE email_id IS NOT NULL),
            CASE WHEN \(request.form)::bigint IS NOT NULL THEN 'form' END),
          coalesce((SELECT email_id FROM send), \(request.form)::bigint),
          (SELECT email_id FROM send), \(request.device.map { String($0.prefix(100)) })::text,
          \(transaction.now)
        RETURNING id
      ), device AS (
        INSERT INTO asset_devices (asset_id, device) VALUES (\(request.asset), \(device))
        ON CONFLICT DO NOTHING RETURNING asset_id
      ), counted AS (
        INSERT INTO asset_counts AS old (asset_id, slot, downloads, devices)
        VALUES (\(request.asset), pg_backend_pid() % 16, 1, (SELECT count(*) FROM device))
        ON CONFLICT (asset_id, slot) DO UPDATE SET downloads = old.downloads + 1,
          devices = old.devices + excluded.devices
      )
      SELECT id FROM new
      """)
    let id: Int64 = try rows[0].decode(at: 0)
    if let contact {
      try await ContactChanges.mark([contact], [.assetDownloads], in: transaction)
      try transaction.outbox.add(
        RecordAssetDownload(download: id),
        EnqueueOptions(object: JobSubject(type: "asset", id: request.asset)))
    }
    return id
  }

  /// Returns a download by a contact; `nil` if the contact is gone.
  static func download(_ id: Int64, in transaction: Transaction) async throws -> AssetDownload? {
    let rows = try await transaction.query(
      """
      SELECT id, asset_id, contact_id, ip_id, date_added FROM asset_downloads
      WHERE id = \(id) AND contact_id IS NOT NULL
      """)
    return try rows.first.map { row in
      AssetDownload(
        id: try row.decode("id"), asset: try row.decode("asset_id"),
        contact: try row.decode("contact_id"), ip: try row.decode("ip_id"),
        at: try row.decode("date_added"))
    }
  }

  private static func storable(_ text: String) -> String {
    String(text.prefix(longestReferer).filter { $0 != "\0" })
  }
}

extension ChangeTopic {
  /// The downloads of assets.
  package static let assetDownloads = ChangeTopic(rawValue: "asset_downloads")
}
