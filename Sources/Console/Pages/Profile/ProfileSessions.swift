import API

/// The sessions of a user: the browsers that are signed in.
enum ProfileSessions {
  static var routes: [ConsoleRoute] {
    [
      .get("/profile/sessions") { .page(try await list($0)) },
      .post("/profile/sessions/{id}/end") { page in
        try await page.send(.delete, "users/self/sessions/\(page.id)")
        return .redirect(to: "profile/sessions", message: page.texts("The session is ended."))
      },
      .post("/profile/sessions/end") { page in
        let count = try await page.send(.delete, "users/self/sessions")["ended"]?.integer ?? 0
        return .redirect(
          to: "profile/sessions",
          message: page.texts.counting(
            count, one: "1 session is ended.", many: "{count} sessions are ended."))
      },
    ]
  }

  private static func list(_ page: PageRequest) async throws -> Page {
    let texts = page.texts
    let sessions = try await page.get("users/self/sessions")["sessions"]?.elements ?? []
    let columns: [Column] = [
      Column(texts("Browser")) { session, page in
        var name = page.plain(BrowserName.of(session["agent"]?.text ?? "", page.texts))
        if session["isCurrent"]?.truth == true {
          name = name + badgeGap + page.badge(page.texts("This one"), .ok)
        }
        return name
      },
      Column(texts("Address")) { $1.plain($0["address"]?.text) },
      Column(texts("Signed in"), .line) { $1.time($0["dateAdded"]) },
      Column(texts("Last seen"), .line) { $1.time($0["lastSeen"]) },
      Column(texts("Ends"), .line) { $1.time($0["expires"]) },
      Column(texts("Kept"), .wide) { session, page in
        page.plain(page.texts(session["isKept"]?.truth == true ? "Yes" : "No"))
      },
      Column("", .tools) { session, page in
        guard session["isCurrent"]?.truth != true else { return .empty }
        return button(
          ["id": session["id"]?.text ?? "", "token": page.token], page.texts)
      },
    ]
    let others = sessions.filter { $0["isCurrent"]?.truth != true }
    let table = TableView(
      page: page, columns: columns, rows: sessions, caption: texts("Sessions"))
    let all =
      others.isEmpty ? HTML.empty : allButton(["token": page.token], texts)
    return ProfilePages.page(
      texts("Sessions"), "profile/sessions",
      Panel(texts("Where you are signed in"), actionsHTML: all, isPadded: false)(table(), page),
      page)
  }

  private static let badgeGap = HTML(trusted: " ")

  private static let button = Template(
    #"""
    <form method="post" action="/console/profile/sessions/{{id}}/end"><input type="hidden" name="token" value="{{token}}"><button class="button small">[[End]]</button></form>
    """#)

  private static let allButton = Template(
    #"""
    <form method="post" action="/console/profile/sessions/end"><input type="hidden" name="token" value="{{token}}"><button class="button small danger" data-confirm="[[End all sessions but this one?]]">[[End all others]]</button></form>
    """#)
}

/// A browser's name, of what it says of itself.
enum BrowserName {
  private static let browsers = [
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"), ("curl/", "curl"),
  ]
  private static let systems = [
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
  ]

  /// Browser and system, such as `Firefox, Linux`; the text itself where they are unknown.
  static func of(_ agent: String, _ texts: Texts) -> String {
    let found = [browsers, systems].compactMap { names in
      names.first { agent.contains($0.0) }?.1
    }
    guard found.isEmpty else { return found.joined(separator: ", ") }
    return agent.isEmpty ? texts("Unknown") : String(agent.prefix(60))
  }
}
