import Campaigns
import Forms
import Primitives
import Segments

/// A campaign with the related records that an answer shows.
struct CampaignView: Sendable {
  var campaign: Campaign
  /// The segments that are its sources, by id.
  var segments: [Int64: Segment] = [:]
  /// The forms that are its sources, by id.
  var forms: [Int64: Form] = [:]
  /// Warnings about the campaign.
  var warnings: [CampaignWarning] = []
  /// Whether the version is shown. An answer to a write shows it only if the request named one: other clients compare
  /// the answer with what they sent, member by member.
  var showsVersion = true
}

extension JSONValue {
  /// The entity `campaign` (API page, 8.4).
  init(_ view: CampaignView) {
    let campaign = view.campaign
    let lists = campaign.sources.filter { $0.kind == .segment }
    let forms = campaign.sources.filter { $0.kind == .form }
    var object = JSONObject(isPublished: campaign.isPublished, campaign.dates).with([
      "id": .int(Int(campaign.id)), "name": .string(campaign.name),
      "category": JSONValue(campaign.category), "description": JSONValue(campaign.description),
      "allowRestart": .bool(campaign.allowsRestart), "publishUp": JSONValue(campaign.publishUp),
      "publishDown": JSONValue(campaign.publishDown),
      "events": .array(CampaignEventsView(campaign).all),
      "forms": .array(
        forms.map { source in
          view.forms[source.id].map(JSONValue.init(short:)) ?? ["id": .int(Int(source.id))]
        }),
      "lists": .array(
        lists.map { source in
          view.segments[source.id].map(JSONValue.init(short:)) ?? ["id": .int(Int(source.id))]
        }),
      "canvasSettings": CanvasView.json(campaign.canvas),
    ])
    if view.showsVersion { object.append("version", .int(Int(campaign.version))) }
    if !view.warnings.isEmpty {
      object.append("warnings", .array(view.warnings.map(JSONValue.init)))
    }
    self = .object(object)
  }

  /// A campaign in short form, inside other entities.
  init(short campaign: Campaign) {
    self = [
      "id": .int(Int(campaign.id)), "name": .string(campaign.name),
      "category": JSONValue(campaign.category), "description": JSONValue(campaign.description),
    ]
  }

  /// A segment in short form, inside other entities.
  init(short segment: Segment) {
    self = [
      "id": .int(Int(segment.id)), "name": .string(segment.name),
      "publicName": .string(segment.publicName), "alias": .string(segment.alias),
      "description": JSONValue(segment.description), "category": JSONValue(segment.category),
    ]
  }

  /// A warning; Martlet's own.
  init(_ warning: CampaignWarning) {
    self = [
      "type": .string(warning.kind.rawValue), "message": .string(warning.message),
      "event": JSONValue(warning.event),
    ]
  }
}

/// The events of a campaign as entities.
struct CampaignEventsView {
  private let campaign: Campaign
  private let byID: [Int64: CampaignEvent]
  private let children: [Int64: [CampaignEvent]]

  init(_ campaign: Campaign) {
    self.campaign = campaign
    byID = Dictionary(
      campaign.events.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    children = Dictionary(grouping: campaign.events.filter { $0.parent != nil }) {
      $0.parent ?? 0
    }
  }

  /// All, by order of creation.
  var all: [JSONValue] { campaign.events.map { .object(object($0)) } }

  /// One event with its parent and children, which are shown without theirs.
  func object(_ event: CampaignEvent) -> JSONObject {
    var object = Self.plain(event)
    let parent = event.parent.flatMap { byID[$0] }
    object.append("parent", parent.map { .object(Self.plain($0)) } ?? .null)
    let below = (children[event.id] ?? []).sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    object.append("children", .array(below.map { .object(Self.plain($0)) }))
    return object
  }

  /// The event with an id.
  subscript(id: Int64) -> CampaignEvent? { byID[id] }

  /// An event without its relatives.
  static func plain(_ event: CampaignEvent) -> JSONObject {
    let trigger = event.trigger
    var object: JSONObject = [
      "id": .int(Int(event.id)), "name": .string(event.name),
      "description": JSONValue(event.description), "type": .string(event.type),
      "eventType": .string(event.kind.rawValue), "channel": JSONValue(event.channel),
      "channelId": JSONValue(event.channelID), "order": .int(event.position),
      "properties": JSONValue(kept: event.properties), "triggerDate": JSONValue(trigger.date),
      "triggerInterval": .int(trigger.interval),
      "triggerIntervalUnit": .string(trigger.unit.rawValue),
      "triggerHour": JSONValue(trigger.hour?.description),
      "triggerRestrictedStartHour": JSONValue(trigger.windowStart?.description),
      "triggerRestrictedStopHour": JSONValue(trigger.windowStop?.description),
      "triggerRestrictedDaysOfWeek": .array(trigger.daysOfWeek.map { .int($0) }),
      "triggerMode": event.kind == .decision ? .null : .string(trigger.mode.rawValue),
      "decisionPath": JSONValue(event.path.map { $0 ? "yes" : "no" }),
    ]
    // Members that Mautic lacks are shown only where they are used.
    if let field = trigger.contactField {
      object.append("triggerContactField", .string(field))
      object.append("triggerOffset", .int(trigger.offset))
      object.append("triggerOffsetUnit", .string(trigger.offsetUnit.rawValue))
      object.append("triggerIfPast", .string(trigger.ifPast.rawValue))
    }
    return object
  }
}

/// The builder's settings, with members in the order of the contract.
private enum CanvasView {
  static func json(_ canvas: Primitives.JSONValue) -> JSONValue {
    guard case .object(let members) = JSONValue(kept: canvas) else { return [] }
    let order = ["nodes", "connections"]
    var object = JSONObject()
    for name in order { if let value = members[name] { object.append(name, value) } }
    for member in members.members where !order.contains(member.key) {
      object.append(member.key, member.value)
    }
    return .object(object)
  }
}
