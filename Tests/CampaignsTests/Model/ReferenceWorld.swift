import Foundation
import Primitives

@testable import Campaigns

/// The state of a contact in the reference interpreter.
struct ReferenceContact {
  var id: Int64
  var zone: String?
  var city: String?
  /// The date field `due`: its midnight, as if in UTC.
  var due: Date?
  /// The field `attribution_date`, an instant.
  var attributed: Date?
  var points = 0
  var tags: Set<String> = []
  var segments: Set<Int64> = []
  /// Members by campaign.
  var members: [Int64: ReferenceMember] = [:]
  var log: [ReferenceKey: ReferenceEntry] = [:]
}

struct ReferenceMember: Equatable {
  var rotation = 1
  /// The rotation with which the run began.
  var first = 1
  var isActive = true
  var isManual: Bool
  var added: Date
  var exited: Date?
  /// A number that changes with each beginning and end of a run: work of an older one is dropped.
  var run = 0
}

struct ReferenceKey: Hashable, Comparable {
  var campaign: Int64
  var event: Int64
  var rotation: Int

  static func < (left: ReferenceKey, right: ReferenceKey) -> Bool {
    (left.campaign, left.event, left.rotation) < (right.campaign, right.event, right.rotation)
  }
}

struct ReferenceEntry: Equatable {
  var state: EntryState
  var path: Bool?
  var base: Date
  /// The fire time, while the entry is open.
  var fire: Date?
  var executed: Date?
  var attempts = 0
  var note: String?
  var error: String?
  var reason: String?
  var isPinned = false
  var delayUsed = false
  var byContact = false
  /// The end of the lease of a claim.
  var lease: Date?
  /// The token of the claim.
  var token: Int?

  var isOpen: Bool { state == .scheduled || state == .waiting }
}

/// A campaign in the reference interpreter.
struct ReferenceCampaign {
  var id: Int64
  var isLive: Bool
  var allowsRestart: Bool
  var segments: [Int64]
  var events: [CampaignEvent]

  subscript(id: Int64) -> CampaignEvent? { events.first { $0.id == id } }

  /// CAM-004: conditions, actions, jumps; decisions open before them.
  func below(_ parent: Int64?, _ path: Bool? = nil) -> [CampaignEvent] {
    events.filter { $0.parent == parent && (path == nil || $0.path == path) }.sorted {
      (rank($0), $0.position, $0.id) < (rank($1), $1.position, $1.id)
    }
  }

  private func rank(_ event: CampaignEvent) -> Int {
    switch event.kind {
    case .decision: 0
    case .condition: 1
    case .action: event.type == "campaign.jump_to_event" ? 3 : 2
    }
  }
}

/// The result of the model's test actions: pass, note or fail, by contact and time.
struct TrialRule {
  var modulus: Int64
  var until: Date?
  var isFinal: Bool
  var isNote: Bool
  var retryAfter: Int?

  init(_ event: CampaignEvent) {
    modulus = Int64(event.properties["modulus"]?.int ?? 1)
    until = event.properties["until"]?.int.map { Date(timeIntervalSince1970: Double($0)) }
    isFinal = event.properties["final"]?.int == 1
    isNote = event.properties["note"]?.int == 1
    retryAfter = event.properties["retry"]?.int
  }

  static func properties<G: RandomNumberGenerator>(
    _ generator: inout G, start: Date
  ) -> [String: JSONValue] {
    var properties: [String: JSONValue] = [
      "modulus": .integer(Int64.random(in: 1...3, using: &generator))
    ]
    if Bool.random(using: &generator) {
      let until =
        Int64(start.timeIntervalSince1970) + Int64.random(in: 0...20, using: &generator) * 43_200
      properties["until"] = .integer(until)
    }
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: properties["final"] = .integer(1)
    case 1: properties["note"] = .integer(1)
    case 2: properties["retry"] = .integer(7_200)
    default: break
    }
    return properties
  }

  /// Returns the failure; nil if it passes.
  func failure(_ contact: Int64, _ now: Date) -> ActionFailure? {
    guard !isNote, strikes(contact, now) else { return nil }
    return ActionFailure(
      "the trial fails", isFinal: isFinal, retryAfter: retryAfter.map { .seconds($0) })
  }

  func note(_ contact: Int64, _ now: Date) -> String? {
    isNote && strikes(contact, now) ? "the trial notes" : nil
  }

  private func strikes(_ contact: Int64, _ now: Date) -> Bool {
    contact % modulus == 0 && until.map { now < $0 } ?? true
  }
}
