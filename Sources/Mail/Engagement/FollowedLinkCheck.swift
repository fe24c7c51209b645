import Foundation
import JobQueue
import Postgres

/// Doubts requests that change something by a link alone: security scanners follow links before people do (EML-365).
package struct FollowedLinkCheck: Sendable {
  /// The weight of signs from which a person is asked to confirm; less than what marks a click, since it costs a person
  /// no more than a button.
  static let doubt = 2

  let jobs: JobClient
  let settings: MailSettingsSource

  /// Whether a machine may have followed a link of a message, so that its recipient should press a button.
  ///
  /// - Parameters:
  ///   - subject: The subject of the link.
  ///   - address: The client's address.
  ///   - agent: Its agent.
  /// - Throws: `PostgresError`.
  package func isDoubtful(
    _ subject: MailSubject, address: String?, agent: String?
  ) async throws -> Bool {
    guard let event = subject.event, let hash = SendHash.parse(subject.hash) else {
      // A link that has outlived its message is no scanner's any more.
      return false
    }
    let machines = try await settings.current().machines
    let now = jobs.clock.now
    let judge = try await jobs.postgres.withConnection { connection in
      let sentAt = try await connection.query(
        EngagementStatements.sentAt(of: event.send)
      ).first.flatMap { try $0.decode(at: 0, as: Date?.self) }
      var (clicks, traps): ([MessageFetch], [MessageFetch]) = ([], [])
      for row in try await connection.query(EngagementStatements.recordedClicks([event.send])) {
        let fetch = try MessageFetch(row)
        if fetch.link == nil { traps.append(fetch) } else { clicks.append(fetch) }
      }
      for waiting in try await EngagementStore.waitingClicks(of: [hash], on: connection) {
        if waiting.kind == .trap {
          traps.append(waiting.fetch)
        } else {
          clicks.append(waiting.fetch)
        }
      }
      return MachineJudge(
        settings: machines, sentAt: sentAt, links: 0, clicks: clicks, traps: traps)
    }
    return judge.weight(
      of: MessageFetch(id: UUID(), at: now, address: address, agent: agent)) >= Self.doubt
  }
}
