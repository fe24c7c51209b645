import Foundation
import Synchronization
import TestSupport
import Transfer

/// Clients of the API, and recipients of e-mails, while processes die; and the answers they got, which must hold in the
/// end.
final class Clients: Sendable {
  /// The number of times that something was requested, and that an answer confirmed it. A lost answer confirms nothing.
  struct Times: Sendable {
    var asked = 0
    var answered = 0
  }

  /// The requests and the confirmations.
  struct Ledger: Sendable {
    /// Contacts that were made and added to the campaign, and whether they live in Oslo.
    var added: [Int64: Bool] = [:]
    /// The first names that contacts were given last.
    var names: [Int64: String] = [:]
    /// Additions of a hundred points, by contact.
    var points: [Int64: Times] = [:]
    /// Messages that were opened, by the hash of the send.
    var opens: [String: Times] = [:]
    /// Links that were followed.
    var clicks: [String: Times] = [:]
  }

  private let address: String
  private let authorization: String
  private let campaign: RunningCampaign
  let mail: MailReceiver
  private let seed: UInt64
  private let client = HTTPClient(concurrency: 2)
  private let held = Mutex(Ledger())
  private let isEnding = Atomic<Bool>(false)

  /// - Parameters:
  ///   - address: The address of the API.
  ///   - password: The password of the user `admin`.
  init(
    _ address: String, password: String, campaign: RunningCampaign, mail: MailReceiver,
    seed: UInt64
  ) {
    self.address = address
    authorization = "Basic " + Data("admin:\(password)".utf8).base64EncodedString()
    self.campaign = campaign
    self.mail = mail
    self.seed = seed
  }

  /// The requests so far.
  var ledger: Ledger { held.withLock { $0 } }

  /// Tells the tasks to end.
  func end() { isEnding.store(true, ordering: .relaxed) }

  /// Sends one request after the other, until told to end.
  func work() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.edit() }
      group.addTask { try await self.read() }
      try await group.waitForAll()
    }
  }

  private func isGoingOn() async throws -> Bool {
    try await Task.sleep(for: .milliseconds(20))
    return !isEnding.load(ordering: .relaxed)
  }

  // MARK: Clients

  private func edit() async throws {
    var choice = SeededGenerator(seed: seed ^ 1)
    var number = 0
    while try await isGoingOn() {
      number += 1
      let contact = Int64(choice.next() % UInt64(campaign.contacts)) + 1
      switch choice.next() % 3 {
      case 0: try await add(number, choice.once(in: 2))
      case 1:
        try await insist("PATCH", "/api/contacts/\(contact)/edit", #"{"firstname":"N\#(number)"}"#)
        held.withLock { $0.names[contact] = "N\(number)" }
      default:
        held.withLock { $0.points[contact, default: Times()].asked += 1 }
        let answer = await send("POST", "/api/contacts/\(contact)/points/plus/100", "{}")
        if let answer, answer.status == 200 {
          held.withLock { $0.points[contact, default: Times()].answered += 1 }
        }
      }
    }
  }

  /// Makes a contact and adds it to the campaign; without an answer it tries again.
  private func add(_ number: Int, _ isInOslo: Bool) async throws {
    let city = isInOslo ? "Oslo" : "Rome"
    let made = try await insist(
      "POST", "/api/contacts/new", #"{"email":"new\#(number)@example.com","city":"\#(city)"}"#)
    let body = try JSONSerialization.jsonObject(with: Data(made.body)) as? [String: Any]
    guard let id = ((body?["contact"] as? [String: Any])?["id"] as? NSNumber)?.int64Value else {
      throw Installation.Failure(description: "\(String(decoding: made.body, as: UTF8.self))")
    }
    try await insist("POST", "/api/campaigns/\(campaign.campaign)/contact/\(id)/add", "{}")
    held.withLock { $0.added[id] = isInOslo }
  }

  // MARK: Recipients

  private func read() async throws {
    var choice = SeededGenerator(seed: seed ^ 2)
    while try await isGoingOn() {
      guard let message = mail.message(&choice) else { continue }
      let link = choice.once(in: 2) ? message.link : nil
      let list: WritableKeyPath<Ledger, [String: Times]> = link == nil ? \.opens : \.clicks
      held.withLock { $0[keyPath: list][message.hash, default: Times()].asked += 1 }
      let url = link ?? "\(address)/email/\(message.hash).gif"
      let answer = await send(HTTPCall("GET", url, allowsPrivateAddresses: true))
      if let answer, answer.status == 200 {
        held.withLock { $0[keyPath: list][message.hash, default: Times()].answered += 1 }
      }
    }
  }

  // MARK: Asking

  /// Repeats a request until it succeeds, for two minutes.
  @discardableResult
  private func insist(_ method: String, _ path: String, _ json: String) async throws -> HTTPAnswer {
    let end = ContinuousClock.now + .seconds(120)
    var last: HTTPAnswer?
    while ContinuousClock.now < end {
      last = await send(method, path, json)
      if let last, (200..<300).contains(last.status) { return last }
      // A bad request stays bad.
      if let last, last.status < 500, last.status != 409 { break }
      try await Task.sleep(for: .milliseconds(200))
    }
    let text = last.map { "\($0.status) \(String(decoding: $0.body, as: UTF8.self))" }
    throw Installation.Failure(description: "\(method) \(path): \(text ?? "no answer")")
  }

  private func send(_ method: String, _ path: String, _ json: String) async -> HTTPAnswer? {
    await send(
      HTTPCall(
        method, address + path,
        headers: [("Authorization", authorization), ("Content-Type", "application/json")],
        body: Array(json.utf8), timeout: .seconds(40), allowsPrivateAddresses: true))
  }

  /// The answer; nil where none came, because the process died or is not up yet.
  private func send(_ call: HTTPCall) async -> HTTPAnswer? {
    do { return try await client.send(call) } catch { return nil }
  }
}
