import API
import Users

/// The pages of e-mails.
enum EmailsPages {
  /// The live figures of an e-mail that is being sent.
  static var live: [LiveTopic] {
    [
      LiveTopic(path: "/emails/{id}/progress", needs: .on(.emails, .view)) { page in
        let answer = try await page.get("emails/\(page.id)/progress")
        return answer["progress"] ?? [:]
      }
    ]
  }

  static var routes: [ConsoleRoute] {
    let kind = EmailKind.kind
    return kind.routes.map(shaped)
      + EmailKind.types.map { type in
        .get("/emails/\(type.path)", needs: .on(.emails, .view)) { page in
          var filtered = kind
          filtered.filter = [
            "where": [["col": "emailType", "expr": "eq", "val": .string(type.value)]]
          ]
          return listed(try await RecordList(kind: filtered, page: page)(), page)
        }
      } + [
        .get("/emails/frame", needs: .on(.emails, .view), EmailFrame.page),
        .get("/emails/{id}", needs: .on(.emails, .view)) { try await EmailPage($0)() },
        .get("/emails/{id}/preview", needs: .on(.emails, .view), EmailPreviewPage.page),
        .get("/emails/{id}/rendered", needs: .on(.emails, .view), EmailPreviewPage.rendered),
        .get("/emails/{id}/dynamic", needs: .on(.emails, .view), EmailDynamicContentPages.page),
        .post("/emails/{id}/dynamic", needs: .on(.emails, .edit), EmailDynamicContentPages.save),
        .post(
          "/emails/{id}/dynamic/delete", needs: .on(.emails, .edit), EmailDynamicContentPages.delete
        ),
        .post("/emails/{id}/send", needs: .on(.emails, .edit), EmailActions.send),
        .post("/emails/{id}/pause", needs: .on(.emails, .edit)) {
          try await EmailActions.pause($0, isPublished: false)
        },
        .post("/emails/{id}/resume", needs: .on(.emails, .edit)) {
          try await EmailActions.pause($0, isPublished: true)
        },
        .post("/emails/{id}/test", needs: .on(.emails, .edit), EmailActions.test),
        .post("/emails/{id}/winner", needs: .on(.emails, .edit), EmailActions.winner),
        .post("/emails/{id}/variant", needs: .on(.emails, .create), EmailActions.addVariant),
        .post(
          "/emails/{id}/translation", needs: .on(.emails, .create), EmailActions.addTranslation),
      ]
  }

  /// The pages that all kinds of records have, with what e-mails have besides.
  private static func shaped(_ route: ConsoleRoute) -> ConsoleRoute {
    var shaped = route
    shaped.handler = { page in
      let answer = try await route.handler(page)
      if route.path == "/emails" { return listed(answer, page) }
      guard case .page(var content) = answer else { return answer }
      // The builder needs room.
      content.width = .full
      if route.path == "/emails/new" {
        let isList = page.query("type") == "list"
        content.contentHTML =
          Tabs(
            page.texts("Kind of e-mail"),
            [
              .init(text: page.texts("Template e-mail"), path: "emails/new", isCurrent: !isList),
              .init(
                text: page.texts("Segment e-mail"), path: "emails/new?type=list", isCurrent: isList),
            ])(page) + content.contentHTML
      } else if route.path == "/emails/{id}/edit" {
        content.contentHTML =
          try EmailTabs.tabs("edit", id: page.id, page) + content.contentHTML
      }
      return .page(content)
    }
    return shaped
  }

  /// The list with tabs by type, and a button for each.
  private static func listed(_ answer: PageAnswer, _ page: PageRequest) -> PageAnswer {
    guard case .page(var content) = answer else { return answer }
    let current = page.request.path
    content.contentHTML =
      Tabs(
        page.texts("E-mails by kind"),
        [.init(text: page.texts("All"), path: "emails", isCurrent: current == "/console/emails")]
          + EmailKind.types.map {
            .init(
              text: page.texts($0.text), path: "emails/\($0.path)",
              isCurrent: current == "/console/emails/\($0.path)")
          })(page) + content.contentHTML
    if page.may(.create, .emails) { content.actionsHTML = buttons([:], page.texts) }
    return .page(content)
  }

  private static let buttons = Template(
    #"""
    <a class="button" href="/console/emails/new">[icon:plus][[New template e-mail]]</a><a class="button primary" href="/console/emails/new?type=list">[icon:plus][[New segment e-mail]]</a>
    """#)
}
