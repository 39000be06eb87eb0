import { Mark } from './mark';
import { useWords, wordsOf } from './words';

/** Nobody is signed in: what this is, in both languages, and one button. */
export function SignInPage({ signInUrl }: { signInUrl: string }) {
  return (
    <main className="cg-calm">
      <section className="cg-card">
        <Mark />
        <h1>Citizen Graph</h1>
        <p lang="vi">
          Hồ sơ sức khỏe của bạn, đọc trực tiếp từ nơi dữ liệu được ghi: bệnh viện, tiêm chủng, bảo hiểm y tế và dân cư.
          Không có bản sao nào được lưu tại đây.
        </p>
        <p lang="en" className="cg-quiet">
          Your health record, read straight from where it is kept: hospitals, vaccination, health insurance and the
          population register. No copy is kept here.
        </p>
        <a className="cg-button" href={signInUrl}>
          <span lang="vi">{wordsOf('vi').signIn}</span>
          <small lang="en">{wordsOf('en').signIn}</small>
        </a>
      </section>
    </main>
  );
}

/** The session could not be read: say so, and offer to try again. */
export function TroublePage({ onRetry }: { onRetry(): void }) {
  const words = useWords();
  return (
    <main className="cg-calm">
      <section className="cg-card" role="alert">
        <Mark />
        <h1>Citizen Graph</h1>
        <p>{words.unreachable}</p>
        <button type="button" className="cg-button" onClick={onRetry}>{words.retry}</button>
      </section>
    </main>
  );
}
