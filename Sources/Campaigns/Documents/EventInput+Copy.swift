import Foundation
package import Primitives

extension EventInput {
  /// Creates an input with all members of an event under its id. An unknown id makes a new event.
  init(copying event: CampaignEvent) {
    self.init(.id(event.id))
    parent = .some(event.parent.map(EventReference.id))
    path = .some(event.path.map { $0 ? "yes" : "no" })
    kind = event.kind.rawValue
    type = event.type
    name = event.name
    description = .some(event.description)
    position = event.position
    properties = event.properties
    trigger = event.trigger.members
    channel = .some(event.channel)
    channelID = .some(event.channelID)
  }
}

extension Trigger {
  /// The members of the trigger in wire form: the mode, and all others that are not at their default.
  package var members: [String: JSONValue] {
    let standard = Trigger()
    var members: [String: JSONValue] = ["triggerMode": .string(mode.rawValue)]
    if interval != standard.interval { members["triggerInterval"] = .integer(Int64(interval)) }
    if unit != standard.unit { members["triggerIntervalUnit"] = .string(unit.rawValue) }
    if let hour { members["triggerHour"] = .string(hour.description) }
    if let windowStart { members["triggerRestrictedStartHour"] = .string(windowStart.description) }
    if let windowStop { members["triggerRestrictedStopHour"] = .string(windowStop.description) }
    if !daysOfWeek.isEmpty {
      members["triggerRestrictedDaysOfWeek"] = .array(daysOfWeek.map { .integer(Int64($0)) })
    }
    if let date {
      members["triggerDate"] = .string(date.formatted(.iso8601))
    }
    if let contactField { members["triggerContactField"] = .string(contactField) }
    if offset != standard.offset { members["triggerOffset"] = .integer(Int64(offset)) }
    if offsetUnit != standard.offsetUnit {
      members["triggerOffsetUnit"] = .string(offsetUnit.rawValue)
    }
    if ifPast != standard.ifPast { members["triggerIfPast"] = .string(ifPast.rawValue) }
    return members
  }
}
