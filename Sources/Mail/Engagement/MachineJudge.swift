import Foundation

/// A sign that a machine fetched something of a message, and not its recipient (email.md 12.1). Reasons are signs joined by
/// commas.
enum MachineSign: String, Sendable, CaseIterable {
  /// It comes from a program that fetches pictures before anybody looks.
  case prefetch
  /// Its client followed the link that nobody sees.
  case trap
  /// Its client's clicks on the same message are a machine's.
  case scanner
  /// Its agent is listed.
  case agent
  /// It names no agent.
  case nameless
  /// Its address is in a listed network.
  case network
  /// Several links of the message were followed within seconds.
  case links
  /// All links of the message, or three and more, were followed within seconds.
  case allLinks
  /// It follows the hand-over of the message within seconds.
  case delivery

  /// How much it says; ``MachineJudge/decisive`` together decide.
  var weight: Int {
    switch self {
    case .prefetch, .trap, .scanner: 3
    case .agent, .network, .allLinks: 2
    case .nameless, .links, .delivery: 1
    }
  }
}

/// A fetch of something of a message: the pixel, a page or a link.
struct MessageFetch: Sendable, Equatable {
  /// The engagement's id.
  var id: UUID
  var at: Date
  var address: String?
  var agent: String?
  /// The link; nil for an open and for the link that nobody sees.
  var link: Int64?
  /// Whether it is a click that is known as a machine's, or one on the link that nobody sees.
  var isMachine = false
}

/// Weighs the signs of one message's fetches.
struct MachineJudge: Sendable {
  /// The weight from which signs decide.
  static let decisive = 3
  /// The seconds for which what a client did speaks against its further fetches.
  static let memory: TimeInterval = 3_600

  let settings: MachineSettings
  /// The instant at which the message was handed over; nil where that is not recorded yet.
  let sentAt: Date?
  /// The number of the e-mail's counted links.
  let links: Int
  /// The clicks on the message, whether or not they are recorded yet.
  let clicks: [MessageFetch]
  /// The clicks on its link that nobody sees.
  let traps: [MessageFetch]

  /// Returns why an open is a machine's; nil for a person's.
  func reason(ofOpen open: MessageFetch) -> String? {
    let isPrefetch =
      MachineSettings.lists(settings.prefetchAgents, open.agent ?? "")
      || MachineSettings.holds(settings.prefetchNetworks, open.address)
    return isPrefetch ? Self.reason([.prefetch]) : Self.decided(signs(of: open, among: nil))
  }

  /// Returns why a click is a machine's; nil for a person's.
  func reason(ofClick click: MessageFetch) -> String? {
    Self.decided(signs(of: click, among: clicks))
  }

  /// The weight of the signs of a fetch that wants to change something, as a link for unsubscribing does.
  func weight(of fetch: MessageFetch) -> Int {
    let isMachines = clicks.contains { $0.isMachine && isSameClient($0, fetch) }
    return signs(of: fetch, among: clicks).reduce(isMachines ? MachineSign.scanner.weight : 0) {
      $0 + $1.weight
    }
  }

  private static func decided(_ signs: [MachineSign]) -> String? {
    signs.reduce(0) { $0 + $1.weight } >= decisive ? reason(signs) : nil
  }

  private static func reason(_ signs: [MachineSign]) -> String {
    signs.map(\.rawValue).joined(separator: ",")
  }

  private func signs(of fetch: MessageFetch, among others: [MessageFetch]?) -> [MachineSign] {
    var signs: [MachineSign] = []
    if traps.contains(where: { isOne($0, fetch) }) { signs.append(.trap) }
    if others == nil, clicks.contains(where: { $0.isMachine && isSameClient($0, fetch) }) {
      signs.append(.scanner)
    }
    let agent = fetch.agent ?? ""
    if agent.isEmpty {
      signs.append(.nameless)
    } else if MachineSettings.lists(settings.scannerAgents, agent) {
      signs.append(.agent)
    }
    if MachineSettings.holds(settings.scannerNetworks, fetch.address) { signs.append(.network) }
    if let others, let sign = burst(around: fetch, others) { signs.append(sign) }
    // Gateways look at a message before its hand-over is recorded.
    if sentAt.map({ fetch.at.timeIntervalSince($0) <= Double(settings.deliverySeconds) }) ?? true {
      signs.append(.delivery)
    }
    return signs
  }

  /// Whether clicks on different links follow each other faster than a person's.
  private func burst(around fetch: MessageFetch, _ others: [MessageFetch]) -> MachineSign? {
    let near = others.filter { isNear($0, fetch) }
    // A link that is not counted, as one for unsubscribing, is another one.
    let count = Set(near.compactMap(\.link)).union([fetch.link ?? -1]).count
    guard count > 1 else { return nil }
    return count > 2 || count >= links ? .allLinks : .links
  }

  private func isNear(_ one: MessageFetch, _ other: MessageFetch) -> Bool {
    abs(one.at.timeIntervalSince(other.at)) <= Double(settings.windowSeconds)
  }

  private func isSameClient(_ one: MessageFetch, _ other: MessageFetch) -> Bool {
    one.address != nil && one.address == other.address
      && abs(one.at.timeIntervalSince(other.at)) <= Self.memory
  }

  /// Whether two fetches are one machine's: scanners come from several addresses at once, and from one again.
  private func isOne(_ one: MessageFetch, _ other: MessageFetch) -> Bool {
    isNear(one, other) || isSameClient(one, other)
  }
}
