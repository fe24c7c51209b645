import API

/// What came of a test of a webhook.
struct WebhookTestPage: Sendable {
  let page: PageRequest

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.id
    let hook = try await page.get("hooks/\(id)")["hook"] ?? [:]
    let test = try await page.send(.post, "hooks/\(id)/test")["test"] ?? [:]
    let note = test["note"]?.text ?? ""
    let time = page.formats.duration(seconds: test["seconds"]?.text.flatMap(Double.init) ?? 0)
    let alert =
      test["isSuccess"]?.truth == true
      ? Alert(
        .ok,
        page.texts(
          "The receiver took the test in {time}: {answer}.", ["time": time, "answer": note]))
      : Alert(
        .bad,
        page.texts(
          "The receiver did not take the test ({time}): {answer}.",
          ["time": time, "answer": note]))
    let content =
      alert(page)
      + WebhookDeliveryPage.code(
        page.texts("What was sent"), WebhookDeliveryPage.pretty(test["body"]?.text ?? ""), page)
    return .page(
      Page(
        title: page.texts("Test"),
        subtitle: page.texts(
          "A made-up contact, marked with isTest. Nothing is kept of it, and what waits is not held up."
        ),
        trail: [
          .init(text: page.texts("Webhooks"), path: "webhooks"),
          .init(text: hook["name"]?.text ?? "", path: "webhooks/\(id)"),
        ], actionsHTML: actions(id), contentHTML: content, section: "webhooks", width: .narrow))
  }

  private static let actionsTemplate = Template(
    #"""
    <a class="button" href="/console/webhooks/{{id}}">[[Back]]</a><form method="post" action="/console/webhooks/{{id}}/test"><input type="hidden" name="token" value="{{token}}"><button class="button primary">[icon:send][[Test again]]</button></form>
    """#)

  private func actions(_ id: Int64) -> HTML {
    Self.actionsTemplate(["id": String(id), "token": page.token], page.texts)
  }
}
