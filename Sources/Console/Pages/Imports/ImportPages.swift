import API

/// The pages of imports: the list, and the four steps from a file to contacts.
enum ImportPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/imports", needs: .on(.imports, .view)) { try await ImportListPage(page: $0)() },
      .get("/imports/new", needs: .on(.imports, .create)) { try ImportUpload(page: $0).shown() },
      .post("/imports/new", needs: .on(.imports, .create), takesFile: true) {
        try await ImportUpload(page: $0).take()
      },
      .get("/imports/{id}/check", needs: .on(.imports, .view)) {
        try await ImportCheck(page: $0)()
      },
      .get("/imports/{id}/mapping", needs: .on(.imports, .edit)) {
        try await ImportMapping(page: $0)()
      },
      .post("/imports/{id}/mapping", needs: .on(.imports, .edit)) {
        try await ImportMapping(page: $0).save()
      },
      .get("/imports/{id}", needs: .on(.imports, .view)) { try await ImportPage(page: $0)() },
      .get("/imports/{id}/failed", needs: .on(.imports, .view)) { page in
        let path = "/api/imports/\(try page.id)/failed"
        return .other(
          try await page.console.api.forward(page.request, to: .get, path, query: ["format": "csv"])
        )
      },
      action("stop", { $0("Stopped. It can be resumed where it was.") }),
      action("resume", { $0("It goes on.") }),
      action("cancel", { $0("Cancelled. What is imported stays.") }),
      action("background", { $0("It goes on in the background.") }),
      action("undo", { $0("The contacts that it made are being removed.") }),
      .post("/imports/{id}/delete", needs: .on(.imports, .delete)) { page in
        try await page.send(.delete, "imports/\(page.id)/delete")
        let isForAnother = try await FormBody(page).text("next") == "new"
        return .redirect(
          to: isForAnother ? "imports/new" : "imports", message: page.texts("Deleted."))
      },
    ]
  }

  /// The figures of an import while it runs, and of the list.
  static var live: [LiveTopic] {
    [
      LiveTopic(path: "/imports/{id}", needs: .on(.imports, .view)) { page in
        let item = try await page.get("imports/\(page.id)")["import"] ?? [:]
        return ImportFigures(item).figures
      },
      LiveTopic(path: "/imports", needs: .on(.imports, .view)) { page in
        let items = try await page.get("imports", ImportListPage.first)["imports"]?.elements ?? []
        return ImportListPage.figures(items)
      },
    ]
  }

  /// Something that is done with an import by a button.
  private static func action(
    _ name: String, _ message: @escaping @Sendable (Texts) -> String
  ) -> ConsoleRoute {
    .post("/imports/{id}/\(name)", needs: .on(.imports, .edit)) { page in
      let id = try page.id
      try await page.send(.post, "imports/\(id)/\(name)", [:])
      return .redirect(to: "imports/\(id)", message: message(page.texts))
    }
  }
}
