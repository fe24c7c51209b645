import Foundation
import JobQueue
import Postgres
package import Users

extension CampaignEditor {
  /// Copies a campaign except its members, log and counters (CAM-650). The copy is not published.
  ///
  /// - Returns: The copy; nil if the campaign does not exist.
  /// - Throws: ``CampaignError``; `PostgresError`.
  package func clone(_ id: Int64, by author: Author) async throws -> Campaign? {
    let copy = try await jobs.transaction { transaction -> Int64? in
      guard
        let old = try await CampaignStore.find(
          "campaigns.id = \(id)", on: transaction.connection
        ).first
      else { return nil }
      var input = CampaignInput()
      input.name = Self.copyName(old.name)
      input.description = old.description
      input.category = .some(old.category?.id)
      input.publishUp = .some(old.publishUp)
      input.publishDown = .some(old.publishDown)
      input.allowsRestart = old.allowsRestart
      input.canvas = old.canvas
      input.segments = old.sources.filter { $0.kind == .segment }.map(\.id)
      input.forms = old.sources.filter { $0.kind == .form }.map(\.id)
      input.events = old.events.map(EventInput.init(copying:))
      return try await insert(
        input, details: ["clonedFrom": .integer(id)], isTrusted: true, by: author, in: transaction)
    }
    guard let copy else { return nil }
    return try await read(copy)
  }

  /// Returns the name of a copy, within the maximum length.
  static func copyName(_ name: String) -> String {
    // The limit counts code points, of which one visible character may have many.
    "\(String(name.unicodeScalars.prefix(184))) (copy)"
  }

  /// Copies one event into the same or another campaign, without the events below it (CAM-651).
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - campaign: The campaign of the copy.
  ///   - parent: The event above the copy; nil makes it a root.
  ///   - path: `yes` or `no` below a decision or condition.
  ///   - author: The user.
  /// - Returns: The campaign with the copy, and the copy's id; nil if the event or campaign does not exist.
  /// - Throws: ``CampaignError``; `PostgresError`.
  package func copy(
    event: Int64, to campaign: Int64, under parent: Int64?, path: String?, by author: Author
  ) async throws -> (campaign: Campaign, event: Int64)? {
    let reference = EventReference.new("new-copy")
    let copy = try await jobs.transaction { transaction -> Int64? in
      guard let original = try await CampaignStore.event(event, on: transaction.connection) else {
        return nil
      }
      var input = EventInput(copying: original)
      input.reference = reference
      input.parent = .some(parent.map(EventReference.id))
      input.path = .some(path)
      var edit = CampaignInput()
      edit.events = [input]
      return try await change(
        campaign, edit, replacing: false, by: author, in: transaction)?.ids[reference]
    }
    guard let copy else { return nil }
    return (try await read(campaign), copy)
  }
}
