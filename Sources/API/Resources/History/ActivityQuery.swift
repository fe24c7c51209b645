import Contacts
import Foundation

/// A request for a page of a timeline (API page, 8.2).
struct ActivityQuery: Sendable {
  var timeline = TimelineQuery()
  var start: Int
  var limit: Int
  /// The page that `start` lies on, from 1.
  var page: Int
  /// The request's `filters` and `order`, repeated in the answer.
  var filters: JSONValue
  var order: JSONValue

  /// Reads a query string. In the old form the members of `filters` may stand at the top level, and `orderBy`
  /// and `orderByDir` are the order unless `order` is given.
  ///
  /// - Throws: `APIError` 400 naming the parameter.
  init(_ query: JSONValue, isOldForm: Bool, cap: Int) throws(APIError) {
    let filters = query["filters"] ?? (isOldForm ? query : [:])
    timeline.search = filters["search"]?.text ?? ""
    let include = filters["includeEvents"]?.commaList ?? []
    let exclude = filters["excludeEvents"]?.commaList ?? []
    timeline.include = Set(include.map(TimelineEventType.init(rawValue:)))
    timeline.exclude = Set(exclude.map(TimelineEventType.init(rawValue:)))
    let (from, to) = (try filters.instant("dateFrom"), try filters.instant("dateTo"))
    timeline.from = from ?? nil
    timeline.to = to ?? nil
    var told: JSONObject = [
      "search": .string(timeline.search), "includeEvents": .array(include.map(JSONValue.string)),
      "excludeEvents": .array(exclude.map(JSONValue.string)),
    ]
    for name in ["dateFrom", "dateTo"] {
      if let given = filters[name]?.text, !given.isEmpty { told.append(name, .string(given)) }
    }
    self.filters = .object(told)

    let parts = query["order"]?.elements
    let isPlain = isOldForm && parts == nil
    let column = (isPlain ? query["orderBy"] : parts?.first)?.text
    let direction = (isPlain ? query["orderByDir"] : parts?.dropFirst().first)?.text
    guard let order = TimelineQuery.Order(column: column ?? "") else {
      let name = InvalidInput.shown(column ?? "")
      throw .validation([("order", ["\(name) is none of timestamp, event, eventType, eventLabel"])])
    }
    timeline.order = order
    switch direction?.uppercased() {
    case nil, "": timeline.isDescending = order == .timestamp
    case "DESC": timeline.isDescending = true
    case "ASC": timeline.isDescending = false
    default:
      throw .validation([
        ("order", ["\(InvalidInput.shown(direction ?? "")) is neither ASC nor DESC"])
      ])
    }
    self.order = [
      .string(column ?? "timestamp"),
      .string(direction ?? (timeline.isDescending ? "DESC" : "ASC")),
    ]

    let wanted = query["limit"].map { $0.integer ?? 25 } ?? 25
    limit = wanted <= 0 ? cap : min(wanted, cap)
    let page = max(1, query["page"]?.integer ?? 1)
    let beginning = (page - 1).multipliedReportingOverflow(by: limit)
    start =
      beginning.overflow
      ? Paging.furthestStart : min(beginning.partialValue, Paging.furthestStart)
    // One client pages by `start` (API page, 8.2).
    if let given = query["start"]?.integer { start = min(max(0, given), Paging.furthestStart) }
    self.page = start / limit + 1
  }
}

extension JSONValue {
  /// An event of a history.
  init(_ event: TimelineEvent) {
    self = [
      "event": .string(event.type.rawValue), "eventId": .string(event.id),
      "eventLabel": .string(event.label), "eventType": .string(event.type.name),
      "timestamp": JSONValue(event.timestamp), "contactId": .string(String(event.contactID)),
      "details": .object(
        JSONObject(
          event.details.sorted { $0.key < $1.key }.map { ($0.key, JSONValue(kept: $0.value)) })),
    ]
  }

  /// The answer with a page of a history.
  init(_ page: TimelinePage, _ query: ActivityQuery) {
    self = [
      "events": .array(page.events.map { JSONValue($0) }), "filters": query.filters,
      "order": query.order,
      "types": .object(
        JSONObject(TimelineEventType.names.map { ($0.type.rawValue, .string($0.name)) })),
      "total": .int(page.total), "page": .int(query.page), "limit": .int(query.limit),
      "maxPages": .int((page.total + query.limit - 1) / query.limit),
    ]
  }
}
