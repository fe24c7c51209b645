import Foundation
import JobQueue
import Postgres

/// How far a video was watched, as the page's script tells again and again (tracking.md 1).
package struct VideoView: Sendable, Equatable {
  /// The id of the view, which the script makes.
  package var guid: String
  /// The address of the video.
  package var url: String
  /// Its length in seconds; nil where the player does not know it.
  package var duration: Int?
  /// The seconds that were watched.
  package var watched: Int
  /// The address of the page, and its language.
  package var referrer: String
  package var language: String

  package init(
    guid: String, url: String, duration: Int?, watched: Int, referrer: String = "",
    language: String = ""
  ) {
    self.guid = guid
    self.url = line(url, upTo: 8 * 1024)
    self.duration = duration
    self.watched = watched
    self.referrer = line(referrer, upTo: 8 * 1024)
    self.language = line(language, upTo: 50)
  }
}

/// The views of videos.
enum VideoHitStore {
  /// Adds a view of a contact, whose row the caller has locked, or adds to it what was told since.
  ///
  /// - Returns: Whether the view is this contact's, or this device's.
  static func record(
    _ view: VideoView, by contact: Int64, _ device: String, _ request: VisitRequest,
    address: String, in transaction: Transaction
  ) async throws -> Bool {
    try await !transaction.query(
      """
      INSERT INTO video_hits AS old (guid, contact_id, tracking_id, at, left_at, url, duration,
        time_watched, referrer, language, browser_languages, user_agent, ip_address)
      VALUES (\(view.guid), \(contact), \(device), \(request.at), \(request.at), \(view.url),
        \(view.duration), \(view.watched), \(view.referrer), \(view.language),
        \(request.languages), \(request.agent), \(address))
      ON CONFLICT (guid) DO UPDATE SET left_at = greatest(old.left_at, excluded.left_at),
        duration = coalesce(excluded.duration, old.duration),
        time_watched = greatest(old.time_watched, excluded.time_watched)
      WHERE old.contact_id = excluded.contact_id OR old.tracking_id = excluded.tracking_id
      RETURNING id
      """
    ).isEmpty
  }

  /// Deletes some of the views before an instant.
  ///
  /// - Returns: Whether there may be more.
  static func prune(
    before limit: Date, count: Int, in transaction: Transaction
  ) async throws -> Bool {
    try await transaction.query(
      """
      DELETE FROM video_hits WHERE id = ANY (ARRAY(
        SELECT id FROM video_hits WHERE at < \(limit) LIMIT \(count)))
      RETURNING id
      """
    ).count == count
  }
}
