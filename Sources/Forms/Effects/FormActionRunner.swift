import Contacts
import Foundation
import JobQueue
package import Mail
import Points
import Postgres
import Primitives
import Segments

/// Does the actions of forms (points-stages-forms.md 3.2). What leads outside is a job or a send, written with the rest.
package struct FormActionRunner: Sendable {
  private let mail: EmailDispatcher?

  /// Creates a runner.
  ///
  /// - Parameter mail: The sender of e-mails; nil if none are sent.
  package init(mail: EmailDispatcher?) { self.mail = mail }

  /// Does an action.
  ///
  /// - Returns: Why nothing was done, if so.
  /// - Throws: `InvalidInput` for properties that were never checked; `NoticeError`, `PostgresError`.
  func run(
    _ action: FormAction, _ subject: SubmissionSubject, in transaction: Transaction
  ) async throws -> String? {
    let contact = subject.submission.contact
    let properties = action.properties
    let member = "properties"
    switch FormActionType(rawValue: action.type) {
    case nil: return "nothing here can do \(action.type)"
    // The visitor got it with the answer; what follows is that of the download.
    case .downloadAsset?: break
    case .changePoints?: try await changePoints(action, subject, in: transaction)
    case .changeSegments?:
      let segments = try ActionProperties.segments(properties, member)
      for segment in Set(segments.added).sorted() {
        try await SegmentMembership.add([contact], to: segment, cause: .form, in: transaction)
      }
      for segment in Set(segments.removed).sorted() {
        try await SegmentMembership.remove([contact], from: segment, cause: .form, in: transaction)
      }
    case .changeTags?:
      let tags = try ActionProperties.tags(properties, member)
      let changes = try await ContactTags.change(
        [contact], adding: tags.added, removing: tags.removed, in: transaction)
      return changes[contact]?.refusal
    case .removeDoNotContact?:
      _ = try await DoNotContactStore.remove(
        [contact], channel: "email", comments: "form \(subject.form.id)", in: transaction)
    case .scoreCompanies?:
      try await CompanyScores.add(
        try ActionProperties.score(properties, member), toCompaniesOf: [contact], author: .system,
        in: transaction)
    case .recordUTM?: return try await recordUTM(subject, in: transaction)
    case .sendEmail?: return try await send(action, subject, in: transaction)
    case .sendEmailToUser?: try await tellUsers(action, subject, in: transaction)
    case .mailResults?: try await mailResults(action, subject, in: transaction)
    case .repost?:
      try transaction.outbox.add(
        RepostSubmission(
          url: try ActionProperties.repost(properties, member),
          submission: subject.submission.id, action: action.id))
    }
    return nil
  }

  private func changePoints(
    _ action: FormAction, _ subject: SubmissionSubject, in transaction: Transaction
  ) async throws {
    let change = try ActionProperties.points(action.properties, "properties")
    let contact = subject.submission.contact
    let reason = PointsReason(
      type: "form", eventName: "\(subject.form.id): \(subject.form.values.name)",
      actionName: action.name, ipID: subject.ipID)
    if let group = change.group {
      _ = try await GroupScores.change(
        [contact], .points(change.operation), by: change.amount, group: group, reason: reason,
        author: .system, isAudited: false, in: transaction)
    } else {
      _ = try await ContactPoints.change(
        [contact], change.operation, by: change.amount, reason: reason, author: .system,
        isAudited: false, in: transaction)
    }
  }

  /// Records the campaign parameters of the page that showed the form.
  private func recordUTM(
    _ subject: SubmissionSubject, in transaction: Transaction
  ) async throws -> String? {
    let page = subject.submission.referer
    let values = PageQuery.values(of: page)
    var tag = NewUTMTag()
    tag.campaign = values["utm_campaign"]
    tag.content = values["utm_content"]
    tag.medium = values["utm_medium"]
    tag.source = values["utm_source"]
    tag.term = values["utm_term"]
    guard !tag.isEmpty else { return nil }
    tag.url = page
    tag.userAgent = subject.origin.agent
    tag.query = try JSON(values)
    let contact = subject.submission.contact
    try await UTMTagStore.insert(
      [.init(contact: contact, tag: tag, at: transaction.now)], in: transaction)
    try await ContactChanges.mark([contact], [.utm], in: transaction)
    return nil
  }

  private func send(
    _ action: FormAction, _ subject: SubmissionSubject, in transaction: Transaction
  ) async throws -> String? {
    guard let mail else { return "no e-mails are sent" }
    let contact = subject.submission.contact
    let refusals = try await mail.dispatch(
      SendRequest(
        email: try ActionProperties.email(action.properties, "properties"), kind: .transactional,
        source: SendSource(kind: "form", id: subject.form.id),
        recipients: [
          .init(
            contact: contact, key: "form-\(subject.submission.id)-\(action.id)",
            tokens: subject.tokens)
        ]), in: transaction)
    return refusals[contact]?.note
  }

  private func tellUsers(
    _ action: FormAction, _ subject: SubmissionSubject, in transaction: Transaction
  ) async throws {
    try await EmailDispatcher.notify(
      UserNotification(
        key: "form-\(subject.submission.id)-\(action.id)",
        content: .email(try ActionProperties.email(action.properties, "properties")),
        contact: subject.submission.contact, tokens: subject.tokens,
        users: try ActionProperties.users(action.properties, "properties"),
        toOwner: ActionProperties.isOn(action.properties, "to_owner"),
        addresses: UserNotification.addresses(action.properties)), in: transaction)
  }

  /// Sends the values to people of the operator's, and to the contact if asked to.
  private func mailResults(
    _ action: FormAction, _ subject: SubmissionSubject, in transaction: Transaction
  ) async throws {
    let properties = action.properties
    var addresses = UserNotification.addresses(properties).map(subject.filled)
    if ActionProperties.isOn(properties, "copy_lead") { addresses.append("{contactfield=email}") }
    let list = subject.answers.map { "\($0.label): \($0.value)" }.joined(separator: "\n")
    let message = properties["message"]?.text ?? ""
    let title = properties["subject"]?.text ?? ""
    try await EmailDispatcher.notify(
      UserNotification(
        key: "form-\(subject.submission.id)-\(action.id)",
        content: .text(
          subject: title.isEmpty
            ? "Results of \(subject.form.values.name)" : subject.filled(title).lineless,
          body: message.isEmpty ? list : subject.filled(CleanText.plain(message))),
        contact: subject.submission.contact,
        toOwner: ActionProperties.isOn(properties, "email_to_owner"), addresses: addresses),
      in: transaction)
  }
}

extension String {
  /// The text as one line.
  fileprivate var lineless: String {
    String(prefix(255)).replacing("\r", with: " ").replacing("\n", with: " ")
  }
}
