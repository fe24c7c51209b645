import CSV
import Contacts
import Hummingbird
import JobQueue
import Tracking

/// Contacts' records and history: `/api/contacts/{id}/activity` and its relatives (API
/// page, 8.2).
struct HistoryRoutes: Sendable {
  let timeline: TimelineStore
  /// Lets a history show the hits before it.
  let backlog: HitBacklog
  let contacts: ContactStore
  let notes: NoteResource
  let devices: DeviceResource
  let clock: WallClock
  let pageCap: Int

  var routes: [Route] {
    [
      Route(.get, "/api/contacts/activity", needs: .on(.contacts, .view)) {
        try await activity(of: nil, $0)
      }.described(
        "List what happened to contacts",
        query: """
          filters:any order:any limit:integer page:integer start:integer format:text
          """,
        answer: """
          events:list filters:object order:list types:object total:integer page:integer limit:integer \
          maxPages:integer
          """),
      Route(.get, "/api/contacts/{id}/activity", needs: .on(.contact, .view)) {
        try await activity(of: $0.id, $0)
      }.described(
        "List what happened to a contact",
        query: """
          filters:any order:any limit:integer page:integer start:integer format:text
          """,
        answer: """
          events:list filters:object order:list types:object total:integer page:integer limit:integer \
          maxPages:integer
          """, file: "text/csv"),
      Route(.get, "/api/contacts/{id}/events", needs: .on(.contact, .view)) {
        try await activity(of: $0.id, $0, isOldForm: true)
      }.described(
        "List what happened to a contact, by an old path",
        query: """
          filters:any order:any limit:integer page:integer start:integer format:text search:text \
          includeEvents:any excludeEvents:any dateFrom:date dateTo:date orderBy:text orderByDir:text
          """,
        answer: """
          events:list filters:object order:list types:object total:integer page:integer limit:integer \
          maxPages:integer
          """, file: "text/csv"),
      Route(.get, "/api/contacts/{id}/engagements", needs: .on(.contact, .view)) {
        try await engagements($0)
      }.described(
        "The engagements of a contact by time", query: "unit:text", answer: "engagements:object"),
      Route(.get, "/api/contacts/{id}/notes", needs: .on(.contact, .view)) { request in
        let id = try await known(request)
        return try await page(notes, try await notes.list(of: id, request), request)
      }.described(
        "List the notes of a contact", query: "@list @view", answer: "total:integer notes:Note[]"),
      Route(.get, "/api/contacts/{id}/devices", needs: .on(.contact, .view)) { request in
        let id = try await known(request)
        return try await page(devices, try await devices.list(of: id, request), request)
      }.described(
        "List the devices of a contact", query: "@list @view",
        answer: "total:integer devices:Device[]"),
    ]
  }

  /// The contact in the path.
  ///
  /// - Throws: `APIError` 404 for an unknown contact.
  private func known(_ request: APIRequest) async throws -> Int64 {
    let id = try request.id
    guard try await contacts.exists(id) else { throw APIError.notFound }
    return id
  }

  private func page<Resource: StandardResource>(
    _ resource: Resource, _ page: (entities: [Resource.Entity], total: Int), _ request: APIRequest
  ) async throws -> APIResponse {
    let view = EntityView(request.query, minimal: resource.minimalMembers)
    return APIResponse(
      json: .object([
        "total": .int(page.total),
        resource.names.many: .array(
          page.entities.map { view.apply(to: resource.json($0, request)) }),
      ]))
  }

  private func activity(
    of contact: Int64?, _ request: APIRequest, isOldForm: Bool = false
  ) async throws -> APIResponse {
    var query = try ActivityQuery(request.query, isOldForm: isOldForm, cap: pageCap)
    if contact == nil { query.timeline.owner = try request.ownLimit(.contacts, .view) }
    await backlog.settle()
    if contact != nil {
      let id = try await known(request)
      if request.wantsCSV { return csv(of: id, query) }
    } else if query.timeline.to == nil {
      // Planned events of all contacts are not activity, and would be listed before it. Clocks differ a little.
      query.timeline.to = clock.now.addingTimeInterval(60)
    }
    let page = try await timeline.page(
      of: contact, query.timeline, start: query.start, limit: query.limit)
    return APIResponse(json: JSONValue(page, query))
  }

  /// The whole history as a file, however long (CON-107). What a spreadsheet would run as a formula is
  /// neutralised.
  private func csv(of contact: Int64, _ query: ActivityQuery) -> APIResponse {
    let timeline = timeline
    var wanted = query.timeline
    // Later events would shift the pages.
    let now = clock.now
    wanted.to = min(wanted.to ?? now, now)
    let question = wanted
    return APIResponse(
      headers: [
        .contentType: "text/csv; charset=utf-8",
        .contentDisposition: "attachment; filename=\"contact-\(contact)-activity.csv\"",
      ],
      body: .stream { writer in
        var csv = CSVWriter(lineEnd: .crlf, neutralisesFormulas: true)
        csv.write(["timestamp", "event", "eventType", "eventLabel", "eventId", "details"])
        var start = 0
        while true {
          let page = try await timeline.page(of: contact, question, start: start, limit: 1_000)
          for event in page.events { csv.write(Self.row(event)) }
          try await writer.write(ByteBuffer(bytes: csv.take()))
          start += page.events.count
          if page.events.count < 1_000 { break }
        }
        try await writer.finish(nil)
      })
  }

  private static func row(_ event: TimelineEvent) -> [String] {
    let details = JSONValue(event)["details"] ?? [:]
    return [
      WireDate.format(event.timestamp), event.type.rawValue, event.type.name, event.label, event.id,
      String(decoding: details.rendered, as: UTF8.self),
    ]
  }

  /// The chart of the last six months (CON-105).
  private func engagements(_ request: APIRequest) async throws -> APIResponse {
    let id = try await known(request)
    let name = request.query["unit"]?.text ?? "day"
    guard let unit = Engagements.Unit(rawValue: name) else {
      throw APIError.validation([("unit", ["\(InvalidInput.shown(name)) is neither day nor week"])])
    }
    let steps = try await timeline.engagements(of: id, by: unit, now: clock.now).steps
    return APIResponse(json: [
      "engagements": [
        "unit": .string(unit.rawValue), "labels": .array(steps.map { .string($0.day) }),
        "datasets": [
          ["label": "Engagements", "data": .array(steps.map { .int($0.engagements) })],
          ["label": "Points", "data": .array(steps.map { .int($0.points) })],
        ],
      ]
    ])
  }
}
