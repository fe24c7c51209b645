import Contacts
import Foundation
import JobQueue
import Postgres

/// Tells machines from people in a batch (email.md 12.1), and corrects what was recorded before later signs came.
extension EngagementBatch {
  /// Judges the engagements, and the recorded clicks on the same sends that they shed new light on. The sends are locked,
  /// so whatever else is recorded of them came before.
  mutating func judge(_ settings: MachineSettings, on connection: PostgresConnection) async throws {
    let known = try await neighbours(on: connection)
    let emails = Set(sends.values.compactMap(\.email)).sorted()
    var links: [Int64: Set<Int64>] = [:]
    if !known.isEmpty {
      for row in try await connection.query(EngagementStatements.links(of: emails)) {
        links[try row.decode(at: 0), default: []].insert(try row.decode(at: 1))
      }
    }
    let arrivals = Dictionary(
      grouping: engagements.filter { $0.isClick || $0.kind == .trap }, by: \.hash)
    for (hash, send) in sends {
      let found = known[hash] ?? Neighbours()
      // A reference moved to a link of another e-mail says nothing (EML-354).
      let own = send.email.map { links[$0] ?? [] }
      let judge = MachineJudge(
        settings: settings, sentAt: send.sentAt, links: own?.count ?? 0,
        clicks: found.clicks.filter { click in own.map { $0.contains(click.link ?? 0) } ?? true },
        traps: found.traps)
      let marked = judge.clicks.compactMap { click in
        judge.reason(ofClick: click).map { (click, $0) }
      }
      for (click, reason) in marked where found.recorded.contains(click.id) && !click.isMachine {
        // What was judged long ago stands.
        let isNear = arrivals[hash, default: []].contains {
          abs($0.at.timeIntervalSince(click.at)) <= MachineJudge.memory
        }
        guard isNear else { continue }
        corrections.append(
          .init(hash: hash, id: click.id, link: click.link ?? 0, reason: reason))
      }
      for (click, reason) in marked where !found.recorded.contains(click.id) {
        reasons[click.id] = reason
      }
      // With the clicks as they have turned out to be, for opens by the same client.
      let machines = Set(marked.map(\.0.id))
      let clicks = judge.clicks.map { click in
        var click = click
        click.isMachine = click.isMachine || machines.contains(click.id)
        return click
      }
      judges[hash] = MachineJudge(
        settings: settings, sentAt: send.sentAt, links: judge.links, clicks: clicks,
        traps: found.traps)
    }
    for engagement in engagements {
      guard case .open = engagement.kind else { continue }
      reasons[engagement.id] = judges[engagement.hash]?.reason(ofOpen: engagement.fetch)
    }
  }

  private struct Neighbours {
    var clicks: [MessageFetch] = []
    var traps: [MessageFetch] = []
    /// The ids of the clicks that are recorded already.
    var recorded: Set<UUID> = []
  }

  /// The clicks on the batch's sends: recorded ones, those of the batch, and those that wait.
  private func neighbours(on connection: PostgresConnection) async throws -> [UUID: Neighbours] {
    var found: [UUID: Neighbours] = [:]
    let hashes = Dictionary(sends.map { ($0.value.id, $0.key) }, uniquingKeysWith: { $1 })
    for row in try await connection.query(EngagementStatements.recordedClicks(hashes.keys.sorted()))
    {
      guard let hash = hashes[try row.decode("send_id")] else { continue }
      let fetch = try MessageFetch(row)
      if fetch.link == nil {
        found[hash, default: Neighbours()].traps.append(fetch)
      } else {
        found[hash, default: Neighbours()].clicks.append(fetch)
        found[hash]?.recorded.insert(fetch.id)
      }
    }
    var new = engagements.filter { $0.isClick || $0.kind == .trap }
    if !new.isEmpty {
      new += try await EngagementStore.waitingClicks(
        of: Set(new.map(\.hash)).sorted { $0.uuidString < $1.uuidString }, on: connection)
    }
    var seen: Set<UUID> = []
    for engagement in new where seen.insert(engagement.id).inserted {
      guard sends[engagement.hash] != nil else { continue }
      if engagement.kind == .trap {
        found[engagement.hash, default: Neighbours()].traps.append(engagement.fetch)
      } else if found[engagement.hash]?.recorded.contains(engagement.id) != true {
        found[engagement.hash, default: Neighbours()].clicks.append(engagement.fetch)
      }
    }
    return found
  }

  /// Marks what has turned out to be a machine's: clicks, and opens of their clients. Decisions that were made on it stand;
  /// the numbers are put right.
  mutating func correct(in transaction: Transaction) async throws {
    let connection = transaction.connection
    let clickers = judges.flatMap { hash, judge -> [EngagementStatements.Client] in
      guard let send = sends[hash]?.id else { return [] }
      let fetches = judge.traps + judge.clicks.filter(\.isMachine)
      return fetches.compactMap { fetch in
        fetch.address.map { .init(send: send, address: $0, at: fetch.at) }
      }
    }
    if !corrections.isEmpty {
      try await connection.query(EngagementStatements.markClicks(corrections))
    }
    guard !corrections.isEmpty || !clickers.isEmpty else { return }
    let opened =
      clickers.isEmpty
      ? []
      : try await connection.query(EngagementStatements.markOpens(clickers)).map {
        try $0.decode(at: 0, as: Int64.self)
      }
    let wrong = Set(opened).union(corrections.compactMap { sends[$0.hash]?.id })
    guard !wrong.isEmpty else { return }
    for row in try await connection.query(EngagementStatements.recount(wrong.sorted())) {
      let hash: UUID = try row.decode("hash")
      sends[hash]?.isMachineRead = try row.decode("is_machine_read")
      sends[hash]?.machineClicks = try row.decode("machine_click_count")
    }
    let contacts = sends.values.filter { wrong.contains($0.id) }.compactMap(\.contact)
    try await ContactChanges.mark(
      Set(contacts).sorted(), [.emailRead, .emailClicked], in: transaction)
  }
}

extension MessageFetch {
  /// Reads a row of ``EngagementStatements/recordedClicks(_:)``.
  init(_ row: PostgresRow) throws {
    self.init(
      id: try row.decode("act"), at: try row.decode("at"),
      address: try row.decode("ip_address"), agent: try row.decode("user_agent"),
      link: try row.decode("link_id"), isMachine: try row.decode("is_machine"))
  }
}

extension MailEngagement {
  /// What the judge of machines looks at.
  var fetch: MessageFetch {
    var link: Int64?
    if case .click(let id) = kind { link = id }
    return MessageFetch(id: id, at: at, address: address, agent: agent, link: link)
  }
}
