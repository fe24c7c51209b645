import Contacts
import Foundation
import TestSupport
import Testing

@testable import Tracking

/// A plain interpreter of tracking.md 4 and 5: contacts with an e-mail address or none, devices, and the rules.
struct VisitModel {
  struct Device {
    var contact: Int
    var agent: Int
  }

  /// The address of each living contact; nil for an anonymous one.
  private(set) var contacts: [Int: String?] = [:]
  private(set) var devices: [Device] = []
  private var made = 0

  mutating func add(_ email: String?) -> Int {
    made += 1
    contacts[made] = .some(email)
    return made
  }

  func email(of contact: Int) -> String? { contacts[contact] ?? nil }

  private mutating func merge(_ loser: Int, into winner: Int) {
    for index in devices.indices where devices[index].contact == loser {
      devices[index].contact = winner
    }
    contacts[loser] = nil
  }

  /// A request of a browser that has a device or none.
  mutating func visit(
    device: Int?, agent: Int, email: String?, recipient: Int?
  ) -> (contact: Int, device: Int) {
    var current = device.map { devices[$0].contact }
    if let recipient, recipient != current {
      if let visitor = current, self.email(of: visitor) == nil { merge(visitor, into: recipient) }
      current = recipient
    }
    if let email {
      if let match = contacts.first(where: { $0.value == email })?.key {
        if let visitor = current, visitor != match, self.email(of: visitor) == nil {
          merge(visitor, into: match)
        }
        current = match
      } else if let visitor = current, self.email(of: visitor) == nil {
        contacts[visitor] = .some(email)
      } else {
        current = add(email)
      }
    }
    let contact = current ?? add(nil)
    if let device, devices[device].contact == contact, devices[device].agent == agent {
      return (contact, device)
    }
    if let found = devices.firstIndex(where: { $0.contact == contact && $0.agent == agent }) {
      return (contact, found)
    }
    devices.append(Device(contact: contact, agent: agent))
    return (contact, devices.count - 1)
  }
}

@Suite("Random histories of visits end as the interpreter of tracking.md 4 and 5 says")
struct VisitModelTests {
  private static let agents = [TrackingBed.firefox, TrackingBed.iPhone]
  private static let emails = ["a@example.com", "b@example.com", "c@example.com"]

  @Test(arguments: 0..<6)
  func histories(_ number: Int) async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    try await TrackingBed.with { bed in
      var model = VisitModel()
      // The ids in the database of the model's contacts and devices.
      var contacts: [Int: Int64] = [:]
      var devices: [Int: String] = [:]
      var hashes: [Int: UUID] = [:]
      for email in Self.emails.dropLast() {
        let contact = model.add(email)
        let id = try await bed.contact(email)
        contacts[contact] = id
        hashes[contact] = try await bed.send(3, to: id)
      }
      var browsers: [(device: Int?, agent: Int)] = [(nil, 0), (nil, 1), (nil, 0)]
      for step in 0..<40 {
        let place = Int(random.next() % 3)
        if random.once(in: 8) { browsers[place].device = nil }
        if random.once(in: 10) { browsers[place].agent = 1 - browsers[place].agent }
        let browser = browsers[place]
        let email = random.once(in: 3) ? random.pick(Self.emails) : nil
        let recipient = random.once(in: 5) ? Int(random.next() % 2) + 1 : nil
        var parameters: [String: String] = [:]
        var cookies: [String: String] = [:]
        parameters["email"] = email
        if let recipient, let hash = hashes[recipient], let id = contacts[recipient] {
          parameters["ct"] = bed.tracker.resolver.signer.clickthrough(hash, contact: id)
        }
        if let id = browser.device.flatMap({ devices[$0] }) {
          if random.once(in: 2) {
            cookies["mautic_device_id"] = id
          } else {
            parameters["mautic_device_id"] = id
          }
        }
        let visitor = try #require(
          try await bed.visitor(
            bed.request(parameters, cookies: cookies, agent: Self.agents[browser.agent])))
        let wanted = model.visit(
          device: browser.device, agent: browser.agent, email: email, recipient: recipient)
        let note: Comment = "seed \(seed), step \(step)"
        if let known = contacts[wanted.contact] {
          #expect(visitor.contact == known, note)
        } else {
          #expect(!contacts.values.contains(visitor.contact), note)
        }
        if let known = devices[wanted.device] {
          #expect(visitor.device.trackingID == known, note)
        } else {
          #expect(!devices.values.contains(visitor.device.trackingID), note)
        }
        contacts[wanted.contact] = visitor.contact
        devices[wanted.device] = visitor.device.trackingID
        browsers[place].device = wanted.device
      }
      let living = model.contacts.keys.compactMap { contact in
        contacts[contact].map { "\($0) \(model.email(of: contact) ?? "-")" }
      }
      let stored = try await bed.texts("SELECT id || ' ' || coalesce(email, '-') FROM contacts")
      #expect(Set(living) == Set(stored), "seed \(seed)")
    }
  }
}
