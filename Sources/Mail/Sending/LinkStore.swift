import CSodium
import Foundation
import JobQueue
import Postgres
import Primitives

/// Tracked links in the database.
enum LinkStore {
  /// Returns the keys of an e-mail's URLs, creating those that are missing (EML-351).
  static func keys(
    of urls: [String], channel: String = "email", channelID: Int64, in transaction: Transaction
  ) async throws -> [String: String] {
    guard !urls.isEmpty else { return [:] }
    // In a fixed order, since two workers may process the same e-mail at once.
    let urls = urls.sorted()
    let keys = urls.map { _ in newKey() }
    try await transaction.query(
      """
      INSERT INTO links (key, channel, channel_id, url, date_added)
      SELECT key, \(channel), \(channelID), url, \(transaction.now)
      FROM unnest(\(keys)::text[], \(urls)::text[]) AS n (key, url)
      ON CONFLICT (channel, channel_id, url_hash) DO NOTHING
      """)
    let rows = try await transaction.query(
      """
      SELECT url, key FROM links WHERE channel = \(channel) AND channel_id = \(channelID)
        AND url = ANY (\(urls))
      """)
    var found: [String: String] = [:]
    for row in rows { found[try row.decode(at: 0)] = try row.decode(at: 1) }
    return found
  }

  private static func newKey() -> String {
    var bytes = [UInt8](repeating: 0, count: 12)
    randombytes_buf(&bytes, bytes.count)
    return Hex.encode(bytes)
  }
}
