package import Primitives

/// The settings that tell machines from people in e-mails (email.md 12.1). The lists of a new system hold what is widely
/// known; operators add what they see.
extension Setting where Value == String {
  /// The agents of programs that fetch pictures in advance (EML-361): Apple's Mail Privacy Protection says no more than
  /// `Mozilla/5.0`, and Gmail's app has an agent of its own for pictures that it fetches before they are shown.
  package static let prefetchAgents = agents(
    "mail_prefetch_agents", "=Mozilla/5.0,Edge/12.246 Mozilla/5.0",
    effect: "agents of programs that fetch pictures of e-mails before anybody looks")
  /// The agents of programs that check links (EML-362).
  package static let scannerAgents = agents(
    "mail_scanner_agents",
    "HeadlessChrome,PhantomJS,Proofpoint,Mimecast,Barracuda,Symantec,TrendMicro,libwww-perl,Java/",
    effect: "agents of programs that check links of e-mails")

  private static func agents(_ name: String, _ standard: String, effect: String) -> Setting<String>
  {
    Setting<String>(
      name: name, standard: standard,
      type: "words with commas, of at most 10000 characters; = before a word: the whole agent",
      effect: effect, shape: .list, read: { $0.count <= 10_000 && !$0.contains("\0") ? $0 : nil },
      write: { $0 })
  }
}

extension Setting where Value == [IPNetwork] {
  /// The networks of programs that fetch pictures in advance (EML-361): Apple's.
  package static let prefetchNetworks = networks(
    "mail_prefetch_networks", "17.0.0.0/8",
    effect: "networks of programs that fetch pictures of e-mails before anybody looks")
  /// The networks of programs that check links (EML-362): Proofpoint's, Mimecast's and Barracuda's.
  package static let scannerNetworks = networks(
    "mail_scanner_networks",
    "67.231.144.0/20,148.163.128.0/19,205.220.160.0/19,205.139.110.0/23,207.211.30.0/24,64.235.144.0/20,209.222.80.0/21",
    effect: "networks of programs that check links of e-mails")

  private static func networks(
    _ name: String, _ standard: String, effect: String
  ) -> Setting<[IPNetwork]> {
    Setting<[IPNetwork]>(
      name: name, standard: IPNetwork.list(standard) ?? [],
      type: "empty, or addresses and networks with commas, such as 10.0.0.0/8,2001:db8::1",
      effect: effect, shape: .list, read: { $0.count <= 10_000 ? IPNetwork.list($0) : nil },
      write: { $0.map(\.description).joined(separator: ",") })
  }
}

extension Setting where Value == Int {
  /// The seconds after the hand-over in which a click is a sign of a machine (EML-362).
  package static let scannerDelivery = whole(
    "mail_scanner_delivery_seconds", 30, 0...3_600,
    effect: "seconds after the hand-over of an e-mail in which a click is a sign of a machine")
  /// The seconds for which clicks wait for each other (EML-363).
  package static let scannerWindow = whole(
    "mail_scanner_window_seconds", 5, 0...60,
    effect: "seconds for which a click waits for others of its e-mail before it counts")

}

extension Setting where Value == Bool {
  /// Whether e-mails have a link that nobody sees (EML-364).
  package static let hiddenLink = flag(
    "mail_hidden_link", false,
    effect: "whether e-mails have a link that nobody sees, by which machines give themselves away")
}
