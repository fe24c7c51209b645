import API

/// The page of a delivery: its body, and each request with its answer.
struct WebhookDeliveryPage: Sendable {
  let page: PageRequest

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.id
    let number = try page.request.pathText("delivery")
    let answer = try await page.get("hooks/\(id)/deliveries/\(PageRequest.encoded(number))")
    let delivery = answer["delivery"] ?? [:]
    let hook = try await page.get("hooks/\(id)")["hook"] ?? [:]
    let facts = RecordFacts([
      (page.texts("State"), Self.badge(delivery, page)),
      (page.texts("Answer"), page.plain(delivery["note"]?.text)),
      (page.texts("Events"), page.count(delivery["events"])),
      (page.texts("Attempts"), page.count(delivery["attempts"])),
      (page.texts("Put together"), page.time(delivery["dateAdded"])),
    ])
    let content =
      Panel()(facts(page), page) + requests(delivery)
      + Self.code(page.texts("Body"), Self.pretty(delivery["body"]?.text ?? ""), page)
    return .page(
      Page(
        title: page.texts("Delivery {number}", ["number": number]),
        trail: [
          .init(text: page.texts("Webhooks"), path: "webhooks"),
          .init(text: hook["name"]?.text ?? "", path: "webhooks/\(id)"),
        ], actionsHTML: actions(id, number), contentHTML: content, section: "webhooks"))
  }

  /// The state of a delivery in a word.
  static func badge(_ delivery: JSONValue, _ page: PageRequest) -> HTML {
    if delivery["state"]?.text == "delivered" {
      return page.badge(page.texts("Delivered"), .ok)
    }
    return delivery["attempts"]?.integer ?? 0 > 0
      ? page.badge(page.texts("Failed, is tried again"), .bad)
      : page.badge(page.texts("Waiting"), .info)
  }

  private static let actionsTemplate = Template(
    #"""
    {{#mayEdit}}<form method="post" action="/console/webhooks/{{id}}/deliveries/{{number}}/replay"><input type="hidden" name="token" value="{{token}}"><button class="button primary">[icon:redo][[Send again]]</button></form>{{/mayEdit}}
    """#)

  private func actions(_ id: Int64, _ number: String) -> HTML {
    Self.actionsTemplate(
      [
        "id": String(id), "number": number, "token": page.token,
        "mayEdit": page.may(.edit, .webhooks),
      ], page.texts)
  }

  private func requests(_ delivery: JSONValue) -> HTML {
    let requests = delivery["requests"]?.elements ?? []
    guard !requests.isEmpty else { return .empty }
    let table = TableView(
      page: page,
      columns: [
        Column(page.texts("Sent")) { $1.time($0["dateAdded"]) },
        Column(page.texts("Status"), .number) { $1.plain($0["statusCode"]?.text) },
        Column(page.texts("Answer")) { $1.plain($0["note"]?.text) },
        Column(page.texts("Took"), .number) { request, page in
          page.plain(
            request["seconds"]?.text.flatMap(Double.init).map {
              page.formats.duration(seconds: $0)
            })
        },
      ], rows: requests, caption: page.texts("Requests"))
    return Panel(page.texts("Requests"), isPadded: false)(table(), page)
  }

  private static let codeTemplate = Template(
    #"""
    <div class="code"><pre tabindex="0" aria-label="{{heading}}"><code id="body">{{text}}</code></pre><button class="button small" type="button" data-copy="#body" data-copied="[[Copied]]">[icon:copy][[Copy]]</button></div>
    """#)

  /// A text to read and to copy.
  static func code(_ heading: String, _ text: String, _ page: PageRequest) -> HTML {
    Panel(heading)(codeTemplate(["heading": heading, "text": text], page.texts), page)
  }

  /// A body with a member on each line; as it is where it is too long for that, or no JSON.
  static func pretty(_ body: String) -> String {
    guard body.utf8.count <= 262_144 else { return String(body.prefix(262_144)) }
    do throws(JSONSyntaxError) {
      return PrettyJSON.text(try JSONParser.parse(body.utf8))
    } catch {
      return body
    }
  }
}
