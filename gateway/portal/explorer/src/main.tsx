import { createRoot } from 'react-dom/client';
import 'graphiql/graphiql.css';
import './explorer.css';
import { App } from './app';

// A page brought back whole from the browser's history would show the last person's record after sign-out.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

const place = document.getElementById('explorer');
if (place) createRoot(place).render(<App />);
