import Contacts
package import Mail

extension APIServices {
  /// The same with mail: its resource and the pages that recipients see.
  package func with(_ mail: MailEnvironment) -> APIServices {
    var services = self
    services.mail = mail
    return services
  }

  /// E-mails, and what their links lead to; nothing where there is no mail.
  func mailRoutes(pageCap: Int) -> [Route] {
    guard let mail else { return [] }
    let emails = EmailStore(pool: postgres)
    let editor = EmailEditor(jobs: jobs)
    return EmailResource(emails: emails, editor: editor, pageCap: pageCap).routes
      + EmailRoutes(
        kit: mail, emails: emails, editor: editor, contacts: contacts,
        broadcasts: Broadcasts(jobs: jobs, office: mail.office), postgres: postgres
      ).routes
      + TrackingRoutes(kit: mail).routes + UnsubscribeRoutes(kit: mail).routes
  }
}
