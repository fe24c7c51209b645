import Contacts
import Fields
import Foundation
import Postgres
import Segments

/// Tests whether the contact has one of the given records: tags, segments, campaigns, stages,
/// owners (campaigns.md 7.3). False if none are given.
struct HasOneOf: CampaignCondition {
  /// The property that lists the records.
  let member: String
  /// The table of the records.
  let table: String
  /// The condition for a list of ids.
  let condition: @Sendable ([Int64], CampaignEvent) -> SQL

  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL? {
    let ids = event.properties.ids(member) ?? []
    guard !ids.isEmpty else { return "false" }
    let known = try await RecordStore.existing(ids, in: table, on: transaction.connection)
    return known.isEmpty ? nil : condition(known, event)
  }

  var check: PropertyCheck {
    let (member, table) = (member, table)
    return { _, check in try await check.records(member, in: table, isRequired: false) }
  }

  /// Active membership of at least one segment.
  static let segments = HasOneOf(member: "segments", table: "segments") { ids, _ in
    """
    EXISTS (SELECT FROM segment_members s WHERE s.contact_id = c.id
      AND s.segment_id = ANY (\(ids)) AND \(sql: SegmentMember.isMember("s")))
    """
  }

  /// Active membership of at least one campaign, with the date added within the limits, if any.
  static let campaigns = HasOneOf(member: "campaigns", table: "campaigns") { ids, event in
    var limit: SQL = ""
    if let date = event.properties["dateAdded"]?.text.flatMap({ InstantText.parse($0) }) {
      switch event.properties["dateAddedOperator"]?.text ?? "gt" {
      case "lt": limit = " AND m.date_added < \(date)"
      case "lte": limit = " AND m.date_added <= \(date)"
      case "gte": limit = " AND m.date_added >= \(date)"
      default: limit = " AND m.date_added > \(date)"
      }
    }
    return """
      EXISTS (SELECT FROM campaign_members m WHERE m.contact_id = c.id
        AND m.campaign_id = ANY (\(ids)) AND m.is_active\(sql: limit))
      """
  }

  /// Refuses unreadable limits, which would count as none.
  static let campaignsCheck: PropertyCheck = { event, check in
    check.numbers("campaigns")
    try await check.campaigns(event.properties.ids("campaigns") ?? [], "campaigns")
    check.optionalText("dateAdded")
    if let date = event.properties["dateAdded"]?.text, !date.isEmpty,
      InstantText.parse(date) == nil
    {
      check.refuse("dateAdded", "\(InvalidInput.shown(date)) is no date")
    }
    if let name = event.properties["dateAddedOperator"]?.text, !name.isEmpty,
      !["gt", "gte", "lt", "lte"].contains(name)
    {
      check.refuse(
        "dateAddedOperator", "\(InvalidInput.shown(name)) is none of gt, gte, lt, lte")
    }
  }

  /// In one of the stages.
  static let stages = HasOneOf(member: "stages", table: "stages") { ids, _ in
    "(c.stage_id IS NOT NULL AND c.stage_id = ANY (\(ids)))"
  }

  /// Owned by one of the users.
  static let owners = HasOneOf(member: "owner", table: "users") { ids, _ in
    "(c.owner_id IS NOT NULL AND c.owner_id = ANY (\(ids)))"
  }
}

/// Tests whether the contact has at least one of the tags (`lead.tags`), given by name or id.
struct HasTag: CampaignCondition {
  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL? {
    let names = event.properties.texts("tags")
    guard !names.isEmpty else { return "false" }
    let found = try await TagStore.find(names, on: transaction.connection)
    // Older campaigns reference tags by id.
    let ids = Set(found.values).union(
      names.compactMap { found[$0.lowercased()] == nil ? Int64($0) : nil })
    return """
      EXISTS (SELECT FROM contact_tags t WHERE t.contact_id = c.id AND t.tag_id = ANY (\(ids.sorted())))
      """
  }

  static let check: PropertyCheck = { _, check in check.texts("tags") }
}

/// Compares points, or the score in a group (`lead.points`). A missing score is false.
struct ComparesPoints: CampaignCondition {
  private static let operators: [String: SQL] = [
    "=": "=", "eq": "=", "!=": "<>", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=",
  ]

  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL? {
    let score = event.properties["score"]?.int ?? 0
    let comparison = Self.operators[event.properties["operator"]?.text ?? "gte"] ?? ">="
    guard let group = event.properties["group"]?.int.map(Int64.init) else {
      return "(c.points::bigint \(sql: comparison) \(score)::bigint)"
    }
    let groups = try await RecordStore.existing(
      [group], in: "point_groups", on: transaction.connection)
    guard !groups.isEmpty else { return nil }
    return """
      EXISTS (SELECT FROM group_scores g WHERE g.contact_id = c.id AND g.group_id = \(group)
        AND g.score::bigint \(sql: comparison) \(score)::bigint)
      """
  }

  static let check: PropertyCheck = { event, check in
    if event.properties["score"]?.int == nil { check.refuse("score", "is no whole number") }
    if let name = event.properties["operator"]?.text, operators[name] == nil {
      check.refuse("operator", "\(InvalidInput.shown(name)) is none of eq, neq, gt, gte, lt, lte")
    }
    try await check.record("group", in: "point_groups")
  }
}

/// Tests whether a device of the contact matches every given criterion (`lead.device`).
struct HasDevice: CampaignCondition {
  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL? {
    var parts: [SQL] = ["d.contact_id = c.id"]
    for (member, column) in Self.columns {
      let values = event.properties.texts(member)
      guard !values.isEmpty else { continue }
      parts.append("lower(d.\(sql: column)) = ANY (\(values.map { $0.lowercased() }))")
    }
    return "EXISTS (SELECT FROM devices d WHERE \(sql: parts.joined(separator: " AND ")))"
  }

  static let check: PropertyCheck = { _, check in
    for (member, _) in columns { check.texts(member) }
  }

  private static let columns: [(String, SQL)] = [
    ("device_type", "device"), ("device_brand", "device_brand"), ("device_os", "device_os_name"),
  ]
}

/// Tests whether one of the channels is on do not contact, for a reason if one is given
/// (`lead.dnc`).
struct IsDoNotContact: CampaignCondition {
  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL? {
    let channels = event.properties.texts("channels")
    guard !channels.isEmpty else { return "false" }
    let reason = event.properties["reason"]?.int.flatMap { Int16(exactly: $0) }
    let limit: SQL = reason.map { " AND n.reason = \($0)" } ?? ""
    return """
      EXISTS (SELECT FROM do_not_contact n WHERE n.contact_id = c.id
        AND n.channel = ANY (\(channels))\(sql: limit))
      """
  }

  static let check: PropertyCheck = { _, check in
    check.channels("channels")
    check.number("reason", 1...3)
  }
}

/// Tests whether the contact's address is well formed (`email.validate.address`), without contacting a server.
struct HasValidAddress: CampaignCondition {
  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL? {
    "(coalesce(c.email, '') ~ '^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:].]+$')"
  }
}
