"""The dashboard that `townsquare view` opens: Streamlit pages over run folders. It only reads; verbs do the rest."""
