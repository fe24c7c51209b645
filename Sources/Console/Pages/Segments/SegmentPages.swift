import API

/// The pages of segments.
enum SegmentPages {
  static var routes: [ConsoleRoute] {
    let form = SegmentForm()
    // The form has the builder beside the fields, so it is its own.
    let own = ["/segments/new", "/segments/{id}/edit"]
    return kind.routes.filter { !own.contains($0.path) } + [
      .get("/segments/new", needs: .on(.segments, .create)) { try await form.new($0) },
      .post("/segments/new", needs: .on(.segments, .create)) { try await form.create($0) },
      .get("/segments/{id}/edit", needs: .on(.segments, .view)) { try await form.edit($0) },
      .post("/segments/{id}/edit", needs: .on(.segments, .edit)) { try await form.update($0) },
      .get("/segments/{id}", needs: .on(.segments, .view)) { try await SegmentPage(page: $0)() },
      .post("/segments/{id}/rebuild", needs: .on(.segments, .edit)) { page in
        try await page.send(.post, "segments/\(page.id)/rebuild")
        return .redirect(
          to: "segments/\(try page.id)", message: page.texts("The segment is being rebuilt."))
      },
    ]
  }

  /// The figures of a segment while it is rebuilt.
  static var live: [LiveTopic] {
    [
      LiveTopic(path: "/segments/{id}", needs: .on(.segments, .view)) { page in
        try await SegmentProgress(page).figures
      }
    ]
  }

  static let kind: RecordPages = {
    var kind = RecordPages(
      "segments", member: "list", list: "lists", area: .segments,
      nouns: .init(
        one: "Segment", many: "Segments", none: "No segments yet",
        meaning:
          "A segment is a group of contacts: those who match its filters, kept up to date by itself, and those added by hand.",
        new: "New segment"),
      columns: columns, fields: { _, _ in [] })
    kind.order = ("name", "ASC")
    kind.hasDetails = true
    kind.completed = withStates
    return kind
  }()

  /// The records with the states of their rebuilds, as `state`.
  private static func withStates(
    _ rows: [JSONValue], _ page: PageRequest
  ) async throws -> [JSONValue] {
    guard !rows.isEmpty else { return rows }
    let ids = rows.compactMap { $0["id"]?.text }.joined(separator: ",")
    let states = try await page.get("segments/states", ["ids": .string(ids)])["states"]
    return rows.map { row in
      guard var object = row.asObject, let id = row["id"]?.text else { return row }
      object["state"] = states?[id] ?? .null
      return .object(object)
    }
  }

  private static func columns(_ page: PageRequest) -> [Column] {
    let texts = page.texts
    return [
      RecordPages.name(page, path: "segments", hasDetails: true),
      Column(texts("Contacts"), .number) { segment, page in
        let count = segment["state"]?["members"]?.integer ?? 0
        guard page.may(.view, .contacts) else { return page.count(.int(count)) }
        return page.link(
          page.texts.counting(count, one: "View 1 contact", many: "View {count} contacts"),
          to: contacts(of: segment["id"]?.text ?? ""))
      },
      Column(texts("Filters"), .number) { $1.count(.int($0["filters"]?.elements?.count ?? 0)) },
      Column(texts("Category"), .wide) { $1.plain($0["category"]?["title"]?.text) },
      Column(texts("Last change"), order: "date_modified", .wide) { segment, page in
        page.time(segment["dateModified"] == .null ? segment["dateAdded"] : segment["dateModified"])
      },
      Column(texts("Last built"), order: "last_built_at", .wide) {
        $1.time($0["state"]?["dateBuilt"])
      },
      Column(texts("Status"), order: "is_published") { segment, page in
        let state = segment["state"]
        if let error = state?["error"]?.text, !error.isEmpty {
          return page.badge(page.texts("Broken"), .bad)
        }
        if state?["isStale"]?.truth == true { return page.badge(page.texts("Overdue"), .warn) }
        return page.published(segment)
      },
    ]
  }

  /// The path of the list of contacts of a segment, below `/console/`.
  static func contacts(of id: String) -> String { "contacts?segment=\(id)" }
}
