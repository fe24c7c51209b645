import Foundation
import Postgres
package import Primitives

/// Campaigns as exports of Mautic 7 have them (CAM-652): lists of rows by table, with the columns' names, and the
/// dependencies between them. Records that the campaign names are told by name and alias, without their content.
extension CampaignDocuments {
  /// Returns a campaign in Mautic's form; nil if it does not exist.
  package func mauticDocument(of id: Int64) async throws -> JSONValue? {
    try await editor.jobs.postgres.transaction(isolation: .repeatableRead, readOnly: true) {
      connection -> JSONValue? in
      guard
        let campaign = try await CampaignStore.find("campaigns.id = \(id)", on: connection).first
      else { return nil }
      var tables: [String: JSONValue] = [
        "campaign": .array([Self.row(campaign)]),
        "campaign_event": .array(campaign.events.map { Self.row($0, of: campaign.id) }),
        "dependencies": .array([Self.dependencies(campaign)]),
      ]
      for (kind, ids) in Self.referenced(by: campaign) {
        guard let table = kind.mauticTables.first else { continue }
        let records = try await kind.records(of: ids.sorted(), on: connection)
        tables[table] = .array(records.map { Self.row($0.id, $0.name, $0.label, kind) })
      }
      return .array([.object(tables)])
    }
  }

  private static func row(_ campaign: Campaign) -> JSONValue {
    .object([
      "id": .integer(campaign.id), "name": .string(campaign.name),
      "description": campaign.description.map(JSONValue.string) ?? .null,
      "is_published": .boolean(campaign.isPublished),
      "allow_restart": .boolean(campaign.allowsRestart), "publish_up": date(campaign.publishUp),
      "publish_down": date(campaign.publishDown), "canvas_settings": campaign.canvas,
    ])
  }

  private static func row(_ event: CampaignEvent, of campaign: Int64) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .integer(event.id), "campaign_id": .integer(campaign), "name": .string(event.name),
      "description": event.description.map(JSONValue.string) ?? .null,
      "type": .string(event.type), "event_type": .string(event.kind.rawValue),
      "event_order": .integer(Int64(event.position)), "properties": event.properties,
      "parent_id": event.parent.map { .integer($0) } ?? .null,
      "decisionPath": event.path.map { .string($0 ? "yes" : "no") } ?? .null,
      "channel": event.channel.map(JSONValue.string) ?? .null,
    ]
    for (name, value) in event.trigger.members { members[columns[name] ?? name] = value }
    return .object(members)
  }

  /// The members of a trigger that Mautic names by their columns.
  private static let columns = [
    "triggerMode": "trigger_mode", "triggerDate": "trigger_date",
    "triggerInterval": "trigger_interval", "triggerIntervalUnit": "trigger_interval_unit",
    "triggerHour": "trigger_hour",
  ]

  private static func row(
    _ id: Int64, _ name: String, _ label: String, _ kind: ReferenceKind
  ) -> JSONValue {
    var members: [String: JSONValue] = ["id": .integer(id), "name": .string(label)]
    if kind.location.column == "alias" { members["alias"] = .string(name) }
    if kind.label == "title" { members["title"] = .string(label) }
    return .object(members)
  }

  /// The segments and forms that are sources, and the records that each event names.
  private static func dependencies(_ campaign: Campaign) -> JSONValue {
    let sources = campaign.sources.map { source -> JSONValue in
      let table = source.kind == .segment ? "lists" : "form"
      return .object(["campaign": .integer(campaign.id), table: .integer(source.id)])
    }
    let events = campaign.events.compactMap { event -> JSONValue? in
      var named: [String: JSONValue] = [:]
      for (path, kind) in ReferenceKind.members(of: event.type) {
        let ids = event.properties.ids(at: path)
        guard let table = kind.mauticTables.first, !ids.isEmpty else { continue }
        var all = Set(ids)
        if case .array(let others)? = named[table] {
          all.formUnion(others.compactMap { $0.int.map(Int64.init) })
        }
        named[table] = .array(all.sorted().map { .integer($0) })
      }
      guard !named.isEmpty else { return nil }
      let head: [String: JSONValue] = [
        "campaign": .integer(campaign.id), "campaign_event": .integer(event.id),
      ]
      return .object(head.merging(named) { $1 })
    }
    return .object(["campaign": .array(sources), "campaign_event": .array(events)])
  }
}
