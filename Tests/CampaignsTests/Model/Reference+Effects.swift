import Foundation
import Primitives

@testable import Campaigns

extension Reference {
  enum Outcome {
    case passed
    case noted(String)
    case failed(ActionFailure)
  }

  func fireTimes(_ contact: ReferenceContact, _ event: CampaignEvent) -> NaiveFireTime {
    let known = contact.zone.flatMap { name in
      // The system's list lacks UTC.
      name == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(name)
        ? TimeZone(identifier: name) : nil
    }
    return NaiveFireTime(trigger: event.trigger, zone: known ?? zone)
  }

  func value(_ contact: ReferenceContact, _ trigger: Trigger) -> NaiveFireTime.Value? {
    switch trigger.contactField {
    case "due": contact.due.map { .day($0) }
    case "attribution_date": contact.attributed.map { .instant($0) }
    default: nil
    }
  }

  /// Conditions (campaigns.md 7.3).
  func answer(_ event: CampaignEvent, _ contact: ReferenceContact) -> Bool {
    switch event.type {
    case "lead.points":
      let score = event.properties["score"]?.int ?? 0
      return event.properties["operator"]?.text == "gte"
        ? contact.points >= score : contact.points < score
    case "lead.tags":
      return !contact.tags.isDisjoint(with: event.properties["tags"]?.words ?? [])
    case "lead.segments":
      return !contact.segments.isDisjoint(with: event.properties["segments"]?.numbers ?? [])
    case "lead.campaigns":
      return (event.properties["campaigns"]?.numbers ?? []).contains {
        contact.members[$0]?.isActive == true
      }
    case "lead.field_value": return contact.city == event.properties["value"]?.text
    default: return false
    }
  }

  /// Actions (campaigns.md 7.1).
  func perform(_ walk: inout Walk, _ event: CampaignEvent, _ id: Int64) -> Outcome {
    let properties = event.properties
    switch event.type {
    case "lead.changepoints":
      let points = properties["points"]?.int ?? 0
      if points == 0 { return .noted("no points to add") }
      walk.contact.points += points
    case "lead.changetags":
      walk.contact.tags.formUnion(properties["add_tags"]?.words ?? [])
      walk.contact.tags.subtract(properties["remove_tags"]?.words ?? [])
    case "lead.changelist":
      walk.contact.segments.formUnion(properties["addToLists"]?.numbers ?? [])
      walk.contact.segments.subtract(properties["removeFromLists"]?.numbers ?? [])
    case "lead.updatelead": walk.contact.city = properties["city"]?.text
    case "campaign.addremovelead":
      for campaign in Self.campaigns(properties["addTo"], id)
      where !walk.begun.contains(campaign) {
        enter(&walk, campaign, manually: true)
      }
      for campaign in Self.campaigns(properties["removeFrom"], id) {
        leave(&walk, campaign, byHand: false)
      }
      let named = (properties["addTo"]?.words ?? []) + (properties["removeFrom"]?.words ?? [])
      let asleep = Self.campaigns(.array(named.map(JSONValue.string)), id).filter {
        campaigns[$0]?.isLive != true
      }
      if !asleep.isEmpty {
        let names = asleep.map(String.init).joined(separator: ", ")
        return .noted("not live or not there: campaign \(names)")
      }
    case "lead.deletecontact": walk.isDeleted = true
    case "trial.action":
      let rule = TrialRule(event)
      if let failure = rule.failure(walk.contact.id, walk.now) { return .failed(failure) }
      if let note = rule.note(walk.contact.id, walk.now) { return .noted(note) }
    default: return .noted("events of the type \(event.type) are not installed")
    }
    return .passed
  }

  private static func campaigns(_ value: JSONValue?, _ this: Int64) -> [Int64] {
    Set((value?.words ?? []).compactMap { $0 == "this" ? this : Int64($0) }).sorted()
  }
}

extension JSONValue {
  /// The items of a list as numbers.
  var numbers: [Int64] {
    if case .array(let items) = self { items.compactMap(\.int).map(Int64.init) } else { [] }
  }

  /// The items of a list as texts.
  var words: [String] {
    if case .array(let items) = self { items.compactMap(\.text) } else { [] }
  }
}
