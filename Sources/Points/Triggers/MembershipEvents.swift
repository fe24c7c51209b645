package import Contacts
import Primitives
import Segments

/// Events that change segments, campaigns, tags and stages of contacts (PTS-25 to PTS-27).
enum MembershipEvents {
  /// Refuses properties that an event could not use.
  ///
  /// - Throws: `InvalidInput` naming the property.
  static func check(
    _ type: PointTriggerEventType, _ properties: JSONValue, _ member: String
  ) throws(InvalidInput) {
    switch type {
    case .changeSegments: _ = try Lists(properties, .segments, member)
    case .changeCampaigns: _ = try Lists(properties, .campaigns, member)
    case .changeTags: _ = try Tags(properties, member)
    case .changeStage: _ = try stage(properties, member)
    case .sendEmail, .sendEmailToUser, .webhook: break
    }
  }

  /// Changes segments explicitly: from then on membership does not depend on filters. A deleted segment is
  /// ignored.
  static func changeSegments(
    _ call: PointTriggerCall
  ) async throws -> [Int64: PointTriggerOutcome] {
    let segments = try Lists(call.event.properties, .segments, "properties")
    for segment in segments.added {
      try await SegmentMembership.add(
        call.contacts, to: segment, cause: .points, in: call.transaction)
    }
    for segment in segments.removed {
      try await SegmentMembership.remove(
        call.contacts, from: segment, cause: .points, in: call.transaction)
    }
    return [:]
  }

  static func changeTags(_ call: PointTriggerCall) async throws -> [Int64: PointTriggerOutcome] {
    let tags = try Tags(call.event.properties, "properties")
    let changes = try await ContactTags.change(
      call.contacts, adding: tags.added, removing: tags.removed,
      in: call.transaction)
    return changes.compactMapValues { $0.refusal.map { .refused("tags: \($0)") } }
  }

  /// Moves contacts to a stage, forward only (STG-10). A deleted or unpublished stage is ignored.
  static func changeStage(_ call: PointTriggerCall) async throws -> [Int64: PointTriggerOutcome] {
    let stage = try stage(call.event.properties, "properties")
    _ = try await ContactStages.advance(
      call.contacts, to: stage, eventName: "\(call.event.id): \(call.event.name)",
      actionName: "Point trigger", in: call.transaction)
    return [:]
  }

  private static func stage(
    _ properties: JSONValue, _ member: String
  ) throws(InvalidInput) -> Int64 {
    let ids = try (properties["stage"] ?? .null).ids("\(member).stage")
    guard let stage = ids.first else {
      throw InvalidInput("\(member).stage", "is required: the number of a stage")
    }
    guard ids.count == 1 else {
      throw InvalidInput("\(member).stage", "\(ids.count) stages are given, not one")
    }
    return stage
  }

  /// The ids of the records that an event adds to and removes from, in order.
  fileprivate struct Lists {
    var added: [Int64]
    var removed: [Int64]

    /// The names of the two properties.
    struct Names {
      var added: String
      var removed: String

      static let segments = Names(added: "addToLists", removed: "removeFromLists")
      static let campaigns = Names(added: "addTo", removed: "removeFrom")
    }

    init(_ properties: JSONValue, _ names: Names, _ member: String) throws(InvalidInput) {
      func ids(_ name: String) throws(InvalidInput) -> [Int64] {
        Set(try (properties[name] ?? .null).ids("\(member).\(name)")).sorted()
      }
      added = try ids(names.added)
      removed = try ids(names.removed)
    }
  }

  private struct Tags {
    var added: [String]
    var removed: [String]

    init(_ properties: JSONValue, _ member: String) throws(InvalidInput) {
      added = try RuleProperties.tags(properties["add_tags"] ?? .null, "\(member).add_tags")
      removed = try RuleProperties.tags(
        properties["remove_tags"] ?? .null, "\(member).remove_tags")
    }
  }
}

extension PointTriggerEvent {
  /// Returns the campaigns that contacts are added to and removed from (PTS-26).
  ///
  /// - Throws: `InvalidInput` naming the property, if the stored data was never validated.
  package func campaigns() throws(InvalidInput) -> (added: [Int64], removed: [Int64]) {
    let lists = try MembershipEvents.Lists(properties, .campaigns, "properties")
    return (lists.added, lists.removed)
  }
}
